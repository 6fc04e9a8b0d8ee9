//! A plain call to Slack outside the limited client: for what is asked before a workspace is known, and where the
//! answer's headers count. Invariant: a secret travels in a header or a body only, never in an address, so no log of
//! addresses can hold one.

use std::fmt::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use super::transport::CallError;
use crate::config::Secret;

const PATIENCE: Duration = Duration::from_secs(10);
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum As<'a> {
    /// A bot or an app with its token.
    Token(&'a Secret),
    /// The app with its client id and client secret, as fields of the form.
    App,
}

/// An answer with `"ok": true`.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The body.
    pub body: Value,
    /// What the token may do, when Slack said so.
    pub scopes: Option<Vec<String>>,
}

/// The client.
#[derive(Clone)]
pub struct Plain {
    base: String,
    client: Client<HttpsConnector<HttpConnector>, Body>,
}

impl Plain {
    /// A client for a Web API, without a slash at its end. Fails when the machine has no root certificates.
    pub fn new(base: &str) -> std::io::Result<Self> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECT_PATIENCE));
        let tls = hyper_rustls::HttpsConnectorBuilder::new().with_native_roots()?;
        let tls = if base.starts_with("http://") { tls.https_or_http() } else { tls.https_only() };
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(tls.enable_http1().wrap_connector(http));
        Ok(Self { base: base.trim_end_matches('/').to_owned(), client })
    }

    /// Sends a form to a method.
    pub async fn form(
        &self,
        method: &str,
        who: As<'_>,
        fields: &[(&str, &str)],
    ) -> Result<Answer, CallError> {
        let unsent = |_| CallError::NotSent { reason: "this is no address of Slack's Web API".to_owned() };
        let mut request = Request::post(format!("{}/{method}", self.base))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8");
        if let As::Token(token) = who {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", token.expose()));
        }
        let request = request.body(Body::from(encoded(fields))).map_err(unsent)?;
        let call = async {
            let answer = self.client.request(request).await.map_err(|error| lost(&error))?;
            let (head, body) = answer.into_parts();
            let body = axum::body::to_bytes(Body::new(body), LONGEST).await;
            let body = body.map_err(|_| broken("the answer from Slack broke off"))?;
            read(head.status.as_u16(), &head.headers, &body)
        };
        match tokio::time::timeout(PATIENCE, call).await {
            Ok(answer) => answer,
            Err(_) => Err(broken("no answer from Slack in time")),
        }
    }
}

fn lost(error: &hyper_util::client::legacy::Error) -> CallError {
    if error.is_connect() {
        return CallError::NotSent { reason: "no connection to Slack".to_owned() };
    }
    broken("the connection to Slack broke")
}

fn broken(reason: &str) -> CallError {
    CallError::InDoubt { reason: reason.to_owned() }
}

fn read(status: u16, headers: &HeaderMap, body: &[u8]) -> Result<Answer, CallError> {
    if status == 429 {
        let seconds = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        return Err(CallError::Rate { retry_after: Duration::from_secs(seconds.unwrap_or(30)) });
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match body["ok"].as_bool() {
        Some(true) => Ok(Answer { scopes: scopes(headers), body }),
        Some(false) => Err(CallError::from_body(&body.to_string())),
        None if (400..500).contains(&status) => {
            Err(CallError::NotSent { reason: format!("HTTP status {status}; is the address of Slack right") })
        }
        None => Err(broken(&format!("HTTP status {status}, and the answer is not Slack's"))),
    }
}

fn scopes(headers: &HeaderMap) -> Option<Vec<String>> {
    let listed = headers.get("x-oauth-scopes")?.to_str().ok()?;
    Some(split_scopes(listed))
}

/// The scopes of a list with commas between them.
pub fn split_scopes(listed: &str) -> Vec<String> {
    listed.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

/// Fields as they stand in a form or after the question mark of an address.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (key, value) in fields {
        let joint = if out.is_empty() { "" } else { "&" };
        let _ = write!(out, "{joint}{}={}", escaped(key), escaped(value));
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Result<Answer, CallError> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        read(status, &map, body.as_bytes())
    }

    #[test]
    fn fields_are_escaped() {
        assert_eq!(
            encoded(&[("code", "a b&c=d"), ("to", "https://é")]),
            "code=a%20b%26c%3Dd&to=https%3A%2F%2F%C3%A9"
        );
        assert_eq!(encoded(&[]), "");
    }

    #[test]
    fn an_answer_brings_its_scopes_when_slack_says_them() {
        let said = answer(200, &[("x-oauth-scopes", "chat:write, commands,")], r#"{"ok":true}"#).unwrap();
        assert_eq!(said.scopes.unwrap(), ["chat:write", "commands"]);
        assert_eq!(answer(200, &[], r#"{"ok":true}"#).unwrap().scopes, None);
    }

    #[test]
    fn what_is_no_answer_of_slacks_is_told_apart() {
        let error = answer(429, &[("retry-after", "7")], "").unwrap_err();
        assert_eq!(error, CallError::Rate { retry_after: Duration::from_secs(7) });
        let error = answer(200, &[], r#"{"ok":false,"error":"invalid_auth"}"#).unwrap_err();
        assert_eq!(error.code(), Some("invalid_auth"));
        assert!(matches!(answer(404, &[], "<html>"), Err(CallError::NotSent { .. })));
        assert!(matches!(answer(200, &[], "<html>"), Err(CallError::InDoubt { .. })));
        assert!(matches!(answer(503, &[], "busy"), Err(CallError::InDoubt { .. })));
    }
}
