//! Requests to the endpoint, signed and not.

use axum::http::HeaderValue;
use serde_json::json;
use tokio::sync::oneshot;

use super::super::tests::{Scene, slash};
use super::*;

/// The public key of the first test vector of RFC 8032.
const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

fn headers(signature: &str, timestamp: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [("x-signature-ed25519", signature), ("x-signature-timestamp", timestamp)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers
}

#[test]
fn a_public_key_has_sixty_four_hexadecimal_digits() {
    assert!(verifier(KEY).is_ok());
    assert!(verifier(&format!(" {KEY}\n")).is_ok(), "as it is copied");
    for bad in ["", "abc", &KEY[1..], &KEY.replace('d', "x"), "ü".repeat(32).as_str()] {
        assert_eq!(verifier(bad).err(), Some(BadKey), "{bad}");
    }
}

#[test]
fn a_request_without_a_signature_or_with_a_broken_or_old_one_is_not_believed() {
    let verifier = verifier(KEY).expect("a key");
    let now = Instant::from_secs(1_700_000_000);
    let zeros = "0".repeat(128);
    for (signature, timestamp) in [
        ("", ""),
        (zeros.as_str(), "1700000000"),
        ("00", "1700000000"),
        (&"ü".repeat(64), "1700000000"),
        (zeros.as_str(), "yesterday"),
        (zeros.as_str(), "9223372036854775807"),
        (zeros.as_str(), "-9223372036854775808"),
    ] {
        assert!(!is_signed(&verifier, &headers(signature, timestamp), b"{}", now), "{timestamp}");
    }
    assert!(!is_signed(&verifier, &HeaderMap::new(), b"{}", now));
}

/// Signs as Discord does.
#[cfg(feature = "slack")]
struct Signer(ring::signature::Ed25519KeyPair);

#[cfg(feature = "slack")]
impl Signer {
    fn new(seed: u8) -> Self {
        Self(ring::signature::Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed"))
    }

    fn hex(bytes: &[u8]) -> String {
        use std::fmt::Write as _;
        bytes.iter().fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
    }

    fn key(&self) -> String {
        use ring::signature::KeyPair as _;
        Self::hex(self.0.public_key().as_ref())
    }

    fn sign(&self, timestamp: &str, body: &str) -> String {
        Self::hex(self.0.sign(format!("{timestamp}{body}").as_bytes()).as_ref())
    }
}

#[cfg(feature = "slack")]
#[tokio::test]
async fn only_signed_requests_get_in_and_are_answered_in_the_response() {
    let scene = Scene::new().await;
    let signer = Signer::new(7);
    let router = scene.inbound.router(verifier(&signer.key()).expect("a key"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}{PATH}", listener.local_addr().expect("an address"));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, router, async move { drop(stopped.await) }));
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let now = "1800000000";
    let post = async |timestamp: &str, signed: &str, body: &str| {
        let request = client.post(&address).body(body.to_owned());
        let request = request.header("x-signature-timestamp", timestamp);
        let answer = request.header("x-signature-ed25519", signer.sign(timestamp, signed)).send().await;
        let answer = answer.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    };
    let ping = json!({"type": 1, "id": "1"}).to_string();
    assert_eq!(post(now, &ping, &ping).await, (200, json!({"type": 1}).to_string()));
    assert_eq!(post(now, &ping, "{}").await.0, 401, "something else was signed");
    assert_eq!(post("1799990000", &ping, &ping).await.0, 401, "signed too long ago");
    assert_eq!(post(now, "no JSON", "no JSON").await.0, 400);
    let large = "x".repeat(MOST_BYTES + 1);
    assert_eq!(post(now, &large, &large).await.0, 413);
    let command = slash(2, Some("500"), "home").to_string();
    let (status, said) = post(now, &command, &command).await;
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((status, said["type"].as_u64()), (200, Some(4)));
    assert_eq!(post(now, &command, &command).await.0, 204, "the same again is known");
    let counts = scene.inbound.standing().counts;
    assert_eq!((counts["forged"], counts["kept"], counts["repeated"]), (2, 1, 1));
    drop(stop);
    serving.await.expect("it ends").expect("without a fault");
    scene.end().await;
}
