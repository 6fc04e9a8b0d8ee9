//! Languages that people can talk in: codes such as `en`, so that one language has one spelling wherever it is written.

use super::text::shortened;

/// A word that is no code of a language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{given}\" is not a language code. Use two letters, such as en or de.")]
pub struct NoLanguage {
    /// What was given, or its beginning.
    pub given: String,
}

/// The code that a word is: two or three letters, in lower case.
pub fn code(word: &str) -> Result<String, NoLanguage> {
    let code = word.trim().to_lowercase();
    if (2..=3).contains(&code.len()) && code.bytes().all(|letter| letter.is_ascii_lowercase()) {
        Ok(code)
    } else {
        Err(NoLanguage { given: shortened(word) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_code_and_a_name_is_refused_with_what_to_write() {
        assert_eq!(code(" EN "), Ok("en".to_owned()));
        assert_eq!(code("gsw"), Ok("gsw".to_owned()));
        for word in ["English", "e", "", "dé", "en-GB"] {
            assert!(code(word).is_err(), "{word}");
        }
        let told = code("English").unwrap_err().to_string();
        assert_eq!(told, "\"English\" is not a language code. Use two letters, such as en or de.");
    }
}
