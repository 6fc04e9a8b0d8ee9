//! Tokens at rest. Invariant: a token goes into the database sealed only, under a key that is not in the database, and
//! opens only as the token of the workspace it was sealed for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use sha2::{Digest as _, Sha256};

use crate::clock::IdSource;
use crate::config::Secret;

/// The form of what is sealed: nonce and sealed bytes follow. Another form gets another word.
const FORM: &str = "v1";

/// Why a sealed token cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It was sealed with another key, for another workspace, or was changed.
    #[error(
        "the key in ROUNDTABLE_KEY does not fit the token that is kept for this workspace. Put the former key back, or \
         install the app there again from /slack/install"
    )]
    WrongKey,
    /// It is no sealed token.
    #[error(
        "what is kept for this workspace is no sealed token. Install the app there again from /slack/install"
    )]
    NotSealed,
}

/// The keys that are made from `ROUNDTABLE_KEY`, one for each purpose.
pub struct Keys {
    seal: LessSafeKey,
    sign: hmac::Key,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(hidden)")
    }
}

impl Keys {
    /// The keys for a secret of at least 32 characters that nobody can guess.
    pub fn new(secret: &Secret) -> Self {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"roundtable.keys.v1");
        let root = salt.extract(secret.expose().as_bytes());
        let short = "32 bytes are within what the derivation can give";
        let seal = root.expand(&[b"slack.tokens"], &CHACHA20_POLY1305).expect(short);
        let sign = root.expand(&[b"slack.install.state"], hmac::HMAC_SHA256).expect(short);
        Self { seal: LessSafeKey::new(UnboundKey::from(seal)), sign: hmac::Key::from(sign) }
    }

    /// What an installation's `state` is signed with.
    pub const fn signing(&self) -> &hmac::Key {
        &self.sign
    }

    /// Seals a workspace's token.
    pub fn seal(&self, workspace: &str, token: &Secret, ids: &dyn IdSource) -> String {
        let nonce = fresh_nonce(ids);
        let mut bytes = token.expose().as_bytes().to_vec();
        self.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), about(workspace), &mut bytes)
            .expect("a token is shorter than what can be sealed at once");
        format!("{FORM}.{}.{}", BASE64.encode(nonce), BASE64.encode(bytes))
    }

    /// Opens a workspace's token.
    pub fn open(&self, workspace: &str, sealed: &str) -> Result<Secret, SealError> {
        let (nonce, mut bytes) = parts(sealed).ok_or(SealError::NotSealed)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened =
            self.seal.open_in_place(nonce, about(workspace), &mut bytes).map_err(|_| SealError::WrongKey)?;
        std::str::from_utf8(opened).map(Secret::new).map_err(|_| SealError::WrongKey)
    }
}

/// The workspace is not secret, but belongs to the seal: a token moved to another row does not open.
fn about(workspace: &str) -> Aad<Vec<u8>> {
    Aad::from(format!("slack\n{workspace}").into_bytes())
}

/// A number used once. It comes from a name of 128 random bits, so two are never the same.
fn fresh_nonce(ids: &dyn IdSource) -> [u8; NONCE_LEN] {
    let digest = Sha256::digest(ids.random().as_bytes());
    let mut nonce = [0; NONCE_LEN];
    nonce.copy_from_slice(&digest[..NONCE_LEN]);
    nonce
}

fn parts(sealed: &str) -> Option<([u8; NONCE_LEN], Vec<u8>)> {
    let (nonce, bytes) = sealed.strip_prefix(FORM)?.strip_prefix('.')?.split_once('.')?;
    let nonce = BASE64.decode(nonce).ok()?.try_into().ok()?;
    Some((nonce, BASE64.decode(bytes).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Ids;

    fn keys(secret: &str) -> Keys {
        Keys::new(&Secret::new(secret))
    }

    #[test]
    fn a_sealed_token_opens_with_its_key_and_shows_nothing_without() {
        let (ids, token) = (Ids::from_seed(1), Secret::new("xoxb-canary"));
        let sealed = keys("one").seal("T1", &token, &ids);
        assert!(sealed.starts_with("v1.") && !sealed.contains("canary"), "{sealed}");
        assert_eq!(keys("one").open("T1", &sealed), Ok(token.clone()));
        assert_eq!(keys("two").open("T1", &sealed), Err(SealError::WrongKey));
        assert_ne!(keys("one").seal("T1", &token, &ids), sealed, "each time it looks different");
        assert_eq!(format!("{:?}", keys("one")), "Keys(hidden)");
    }

    #[test]
    fn a_sealed_token_belongs_to_its_workspace() {
        let sealed = keys("one").seal("T1", &Secret::new("xoxb-canary"), &Ids::from_seed(1));
        assert_eq!(keys("one").open("T2", &sealed), Err(SealError::WrongKey));
    }

    #[test]
    fn what_was_changed_or_never_sealed_does_not_open() {
        let sealed = keys("one").seal("T1", &Secret::new("xoxb-canary"), &Ids::from_seed(1));
        let middle = sealed.len() / 2;
        let other = if sealed.as_bytes()[middle] == b'A' { "B" } else { "A" };
        let mut changed = sealed.clone();
        changed.replace_range(middle..=middle, other);
        assert_eq!(keys("one").open("T1", &changed), Err(SealError::WrongKey));
        for text in ["", "xoxb-canary", "v1", "v1..", "v1.AAAA.AAAA", "v2.AAAAAAAAAAAAAAAA.AAAA"] {
            assert_eq!(keys("one").open("T1", text), Err(SealError::NotSealed), "{text}");
        }
        assert!(SealError::WrongKey.to_string().contains("ROUNDTABLE_KEY"));
    }
}
