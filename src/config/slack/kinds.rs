//! The kinds of secrets Slack hands out, told apart by how they begin. Invariant: a secret in the wrong place is
//! refused with the name of the place it belongs to, and never repeated.

/// What a variable is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `xoxb-…`
    Bot,
    /// `xapp-…`
    App,
    /// The signing secret.
    Signing,
    /// The client id.
    ClientId,
    /// The client secret.
    ClientSecret,
    /// Our own key.
    Key,
}

/// Beginnings that tell a kind for certain, and what to say of each in another place.
const MARKS: [(&str, &str); 6] = [
    (
        "xoxb-",
        "this is a bot token. It belongs in SLACK_BOT_TOKEN, or in SLACK_BOT_TOKEN_NAME when there are several \
         workspaces.",
    ),
    (
        "xapp-",
        "this is an app-level token. It belongs in SLACK_APP_TOKEN, or in SLACK_APP_TOKEN_NAME when there are \
         several workspaces.",
    ),
    ("xoxe", "this is a token that Slack changes every 12 hours. Please make an app without token rotation."),
    ("xoxp-", "this is a user token, which acts in a person's name and is not needed."),
    ("xoxa-", "this is a token of an old kind, which Slack no longer gives out."),
    ("xox", "this is a token of another kind."),
];

impl Kind {
    /// Whether a value can be of this kind; otherwise what it is and where to find the right one.
    pub(super) fn check(self, value: &str) -> Result<(), String> {
        let begins = match self {
            Self::Bot => value.starts_with("xoxb-"),
            Self::App => value.starts_with("xapp-"),
            Self::Signing | Self::ClientSecret => !value.starts_with("xox") && !value.starts_with("xapp-"),
            Self::ClientId => {
                value.split('.').count() == 2 && value.chars().all(|c| c.is_ascii_digit() || c == '.')
            }
            Self::Key => value.len() >= 32,
        };
        if begins && !value.contains(char::is_whitespace) {
            return Ok(());
        }
        let other = MARKS.iter().find(|(mark, _)| value.starts_with(mark)).map(|(_, what)| *what);
        let what = other.filter(|_| !begins).unwrap_or(match self {
            Self::Bot => "this is not a bot token, which begins with xoxb-.",
            Self::App => "this is not an app-level token, which begins with xapp-.",
            Self::Signing => "this is not a signing secret.",
            Self::ClientId => "this is not a client id, which is two numbers with a point between them.",
            Self::ClientSecret => "this is not a client secret.",
            Self::Key => "this key is too short to protect anything.",
        });
        Err(format!("{what} {}", self.origin()))
    }

    /// Where the right one comes from.
    pub(super) const fn origin(self) -> &'static str {
        match self {
            Self::Bot => {
                "The bot token is on the page of your app at api.slack.com/apps, under \"OAuth & Permissions\", once \
                 the app is installed."
            }
            Self::App => {
                "You make the app-level token on the page of your app at api.slack.com/apps, under \"Basic \
                 Information\", with the scope connections:write."
            }
            Self::Signing | Self::ClientId | Self::ClientSecret => {
                "You find it on the page of your app at api.slack.com/apps, under \"Basic Information\", \"App \
                 Credentials\"."
            }
            Self::Key => {
                "Make one of at least 32 characters, for example with `openssl rand -base64 32`, and keep it: \
                 without it the tokens in the database cannot be read."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_the_right_kind_is_taken() {
        for (kind, value) in [
            (Kind::Bot, "xoxb-1-2-abc"),
            (Kind::App, "xapp-1-A1-2-abc"),
            (Kind::Signing, "8f742231b10e8888abcd99yyyzzz85a5"),
            (Kind::ClientId, "12345.67890"),
            (Kind::ClientSecret, "0123456789abcdef"),
            (Kind::Key, "0123456789abcdef0123456789abcdef"),
        ] {
            assert_eq!(kind.check(value), Ok(()), "{kind:?}");
        }
    }

    #[test]
    fn a_secret_of_the_wrong_kind_is_told_its_own_place_and_not_shown() {
        for (kind, value, words) in [
            (Kind::Bot, "xapp-1-canary", "belongs in SLACK_APP_TOKEN"),
            (Kind::App, "xoxb-1-canary", "belongs in SLACK_BOT_TOKEN"),
            (Kind::Bot, "xoxp-1-canary", "a user token"),
            (Kind::Bot, "xoxe.xoxb-1-canary", "without token rotation"),
            (Kind::Bot, "xoxa-2-canary", "old kind"),
            (Kind::Bot, "xoxs-canary", "of another kind"),
            (Kind::Bot, "canary", "begins with xoxb-"),
            (Kind::Bot, "xoxb-canary and more", "is not a bot token"),
            (Kind::App, "canary", "begins with xapp-"),
            (Kind::Signing, "xoxb-canary", "belongs in SLACK_BOT_TOKEN"),
            (Kind::Signing, "can ary", "not a signing secret"),
            (Kind::ClientId, "canary", "two numbers"),
            (Kind::ClientSecret, "xapp-canary", "belongs in SLACK_APP_TOKEN"),
            (Kind::Key, "canary", "too short"),
        ] {
            let refused = kind.check(value).expect_err("it is refused");
            assert!(refused.contains(words), "{kind:?}: {refused}");
            assert!(!refused.contains("canary"), "{refused}");
            assert!(refused.ends_with(kind.origin()), "it says where the right one is: {refused}");
        }
    }
}
