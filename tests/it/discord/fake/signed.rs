//! Interactions over HTTP: signed as Discord signs them, with a key of these tests.

use std::fmt::Write as _;

use ring::signature::{Ed25519KeyPair, KeyPair as _};

/// The seed of the key; it protects nothing.
const SEED: [u8; 32] = [7; 32];

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&SEED).expect("thirty-two bytes are a seed")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "{byte:02x}");
        all
    })
}

/// The application's public key.
pub fn public_key() -> String {
    hex(key().public_key().as_ref())
}

/// Headers of a signed body.
pub fn signed(timestamp: i64, body: &[u8]) -> Vec<(&'static str, String)> {
    let mut text = timestamp.to_string().into_bytes();
    text.extend_from_slice(body);
    vec![
        ("content-type", "application/json".to_owned()),
        ("x-signature-timestamp", timestamp.to_string()),
        ("x-signature-ed25519", hex(key().sign(&text).as_ref())),
    ]
}
