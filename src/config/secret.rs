//! Secrets and where they come from: a variable of the environment, or a file that a `*_FILE` variable names.
//! Invariant: a secret is never shown, logged or read from the configuration file.

use std::fmt;
use std::path::Path;

use super::fault::ConfigFault;
use super::read::nearest;

/// Looks up one variable of the environment; a test passes its own.
pub type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The environment of this process. A value that is not Unicode comes with its bad bytes replaced, so that it
/// fails where it is used instead of counting as not set.
#[allow(clippy::disallowed_methods)] // The one place where the environment is read.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// A value that must not be seen. It has no `Display`, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, to hand to the one who needs it; never to a log or an answer.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret that `NAME` holds, or that the file named by `NAME_FILE` holds, without white space around it;
    /// `None` when neither is set. An empty variable counts as not set.
    pub fn from_environment(name: &str, env: &Environment<'_>) -> Result<Option<Self>, ConfigFault> {
        let set = |name: &str| env(name).filter(|value| !value.trim().is_empty());
        let by_file = format!("{name}_FILE");
        match (set(name), set(&by_file)) {
            (None, None) => Ok(None),
            (Some(value), None) => Ok(Some(Self::new(value.trim()))),
            (None, Some(path)) => read_secret(by_file, Path::new(&path)).map(Some),
            (Some(_), Some(_)) => {
                let what = format!("{name} and {by_file} are both set. Please keep one of them.");
                Err(fault(by_file, what))
            }
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

fn read_secret(variable: String, path: &Path) -> Result<Secret, ConfigFault> {
    match std::fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => {
            let what = format!("the file {} is empty. Please write the secret into it.", path.display());
            Err(fault(variable, what))
        }
        Ok(text) => Ok(Secret::new(text.trim())),
        Err(error) => {
            let what = format!(
                "the file {} could not be read ({error}). Please check its name and who may read it.",
                path.display()
            );
            Err(fault(variable, what))
        }
    }
}

fn fault(key: String, what: String) -> ConfigFault {
    ConfigFault { file: None, line: 0, key, what }
}

const SECRET_WORDS: [&str; 8] =
    ["token", "secret", "password", "passwd", "passphrase", "apikey", "privatekey", "credential"];

/// Whether a key of the file asks for a secret.
pub(super) fn is_secret_key(key: &str) -> bool {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    SECRET_WORDS.iter().any(|word| plain.contains(word))
}

/// The variable that holds the secret somebody wrote into the file as `section.key`.
pub(super) fn variable_for(path: &str) -> String {
    let section = path.split('.').next().unwrap_or(path);
    if nearest(section, ["database"].into_iter()).is_some() {
        return "DATABASE_URL".to_owned();
    }
    if nearest(section, ["discord"].into_iter()).is_some() {
        return super::discord::TOKEN.to_owned();
    }
    path.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_debug_output() {
        let shown = format!("{:?}", Some(Secret::new("hunter-canary")));
        assert_eq!(shown, "Some(Secret(hidden))");
    }

    #[test]
    fn a_secret_comes_from_its_variable_or_from_the_file_that_a_variable_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "from-a-file\n").unwrap();
        let by_name = |name: &str| (name == "CHAT_TOKEN").then(|| " from-a-variable ".to_owned());
        let by_file = |name: &str| (name == "CHAT_TOKEN_FILE").then(|| path.display().to_string());
        let get = |env: &Environment<'_>| Secret::from_environment("CHAT_TOKEN", env).unwrap();
        assert_eq!(get(&by_name), Some(Secret::new("from-a-variable")));
        assert_eq!(get(&by_file), Some(Secret::new("from-a-file")));
        assert_eq!(get(&|_| Some(String::new())), None);
    }

    #[test]
    fn a_secret_given_twice_or_in_a_file_that_is_missing_or_empty_is_refused_without_showing_it() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty");
        std::fs::write(&empty, "\n").unwrap();
        let refused = |env: &Environment<'_>| {
            Secret::from_environment("CHAT_TOKEN", env).expect_err("it is refused").to_string()
        };
        let file_is = |path: std::path::PathBuf| {
            move |name: &str| (name == "CHAT_TOKEN_FILE").then(|| path.display().to_string())
        };
        let twice = refused(&|_| Some("hunter-canary".to_owned()));
        assert!(twice.contains("keep one of them") && !twice.contains("canary"), "{twice}");
        assert!(refused(&file_is(folder.path().join("gone"))).contains("could not be read"));
        assert!(refused(&file_is(empty)).contains("is empty"));
    }

    #[test]
    fn keys_that_ask_for_secrets_are_known_by_their_words() {
        for key in ["token", "bot_token", "appToken", "signing-secret", "API_KEY", "Password", "credentials"]
        {
            assert!(is_secret_key(key), "{key}");
        }
        for key in ["listen", "url", "filter", "folder", "mode"] {
            assert!(!is_secret_key(key), "{key}");
        }
        assert_eq!(variable_for("slack.bot-token"), "SLACK_BOT_TOKEN");
        assert_eq!(variable_for("database.password"), "DATABASE_URL");
        assert_eq!(variable_for("databse.password"), "DATABASE_URL");
        assert_eq!(variable_for("discord.token"), "ROUNDTABLE_DISCORD_TOKEN");
    }
}
