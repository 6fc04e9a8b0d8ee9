//! Calls to addresses that arrive with data: where to put a file's bytes, where to answer. Invariant: only addresses
//! of Slack, or of the stand-in that was configured, are called, and never with a token.

use axum::http::Uri;
use serde_json::Value;
use slack_morphism::errors::SlackClientError;
use slack_morphism::{SlackClientApiCallContext, SlackClientHttpConnector as _};

use super::api::SlackApi;
use super::fault::CallError;

impl SlackApi {
    /// Sends bytes to an upload address that Slack gave. Without a token: the address is all it takes.
    pub async fn upload(&self, address: &str, media_type: &str, bytes: &[u8]) -> Result<(), CallError> {
        let address = self.checked(address)?;
        let span = tracing::Span::none();
        let context = bare(&span);
        let address = address.parse().map_err(|_| not_an_address())?;
        let connector = &self.client.http_api.connector;
        let call = connector.http_post_uri_binary::<Value>(address, media_type.to_owned(), bytes, context);
        match tokio::time::timeout(self.reach.timeout, call).await {
            Ok(Ok(_) | Err(SlackClientError::ProtocolError(_))) => Ok(()),
            Ok(Err(error)) => Err(CallError::from_client(&error)),
            Err(_) => Err(CallError::late()),
        }
    }

    /// Answers to an address that came with a command or a press. Any success counts, whatever its body says.
    pub async fn respond(&self, address: &str, body: &Value) -> Result<(), CallError> {
        let address = self.checked(address)?;
        if let Some(recorder) = &self.reach.recorder {
            recorder("response_url", body);
        }
        let span = tracing::Span::none();
        let context = bare(&span);
        let address = address.parse().map_err(|_| not_an_address())?;
        let call = self.client.http_api.connector.http_post_uri::<Value, Value>(address, body, context);
        match tokio::time::timeout(self.reach.timeout, call).await {
            Ok(Ok(answer)) if answer["ok"] == Value::Bool(false) => {
                Err(CallError::from_body(&answer.to_string()))
            }
            Ok(Ok(_) | Err(SlackClientError::ProtocolError(_))) => Ok(()),
            Ok(Err(error)) => Err(CallError::from_client(&error)),
            Err(_) => Err(CallError::late()),
        }
    }

    /// An address that arrived with data is used only when it is Slack's, or the stand-in's on this machine.
    pub(super) fn checked<'a>(&self, address: &'a str) -> Result<&'a str, CallError> {
        let (scheme, host) = origin(address).ok_or_else(not_an_address)?;
        let is_slacks = scheme == "https"
            && ["slack.com", "slack-gov.com", "slack-files.com"]
                .iter()
                .any(|home| host == *home || host.ends_with(&format!(".{home}")));
        let is_ours = self.reach.base.as_deref().and_then(origin).is_some_and(|(base_scheme, base)| {
            scheme == base_scheme && (base == host || is_loopback(&base) && is_loopback(&host))
        });
        if is_slacks || is_ours { Ok(address) } else { Err(not_an_address()) }
    }
}

/// Scheme and host of an address in which no two readers can see different hosts: no name before the host, and
/// nothing in it but letters, digits, dots and hyphens.
fn origin(address: &str) -> Option<(String, String)> {
    let uri: Uri = address.parse().ok()?;
    let authority = uri.authority()?.as_str();
    let host = uri.host()?.to_ascii_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let is_plain = !authority.contains('@') && !address.contains('\\') && host.chars().all(plain);
    is_plain.then(|| (uri.scheme_str().unwrap_or_default().to_owned(), host))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

fn not_an_address() -> CallError {
    CallError::refused("not_an_address_of_slack")
}

/// A call without a token to an address that is a secret itself.
fn bare(span: &tracing::Span) -> SlackClientApiCallContext<'_> {
    SlackClientApiCallContext {
        rate_control_params: None,
        token: None,
        tracing_span: span,
        is_sensitive_url: true,
    }
}
