//! Files in two steps: first the bytes, which nobody sees, then, after the message, the sharing. Invariant: a file
//! that cannot be sent never holds back or doubles the message it belongs to.

use base64::Engine as _;
use serde_json::{Value, json};

use super::api::{SlackApi, Token, Urgency};
use super::fault::CallError;
use crate::chat::message::{Block, Message};

/// Slack refuses longer words about a picture (`alt_txt_too_large`), in characters.
const LONGEST_ALT: usize = 1_000;
const BYTES: &str = "files.getUploadURLExternal";
const SHARE: &str = "files.completeUploadExternal";

/// A file whose bytes Slack has, not yet shown to anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    id: String,
    title: String,
}

/// Hands over the bytes of all files of a message. Fails only with what will pass by itself, while nothing can be
/// seen yet; a file that Slack does not take is left out.
pub async fn prepare(
    api: &SlackApi,
    token: &Token,
    marker: &str,
    message: &Message,
    urgency: Urgency,
) -> Result<Vec<Prepared>, CallError> {
    if !message.blocks.iter().any(|block| matches!(block, Block::File { .. })) {
        return Ok(Vec::new());
    }
    // The turn to share them is taken now: after the message it could not wait.
    let about = json!({ "metadata": { "event_payload": { "id": marker } } });
    api.reserve(token, SHARE, &about, urgency).await?;
    let mut prepared = Vec::new();
    for block in &message.blocks {
        let Block::File { name, media_type, alt, base64 } = block else { continue };
        let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(base64) else {
            tracing::error!(slack.workspace = %token.workspace, "slack.file_unreadable");
            continue;
        };
        let alt = media_type.starts_with("image/").then_some(alt.as_str());
        api.reserve(token, BYTES, &about, urgency).await?;
        match hand_over(api, token, name, media_type, alt, &bytes, urgency).await {
            Ok(id) => prepared.push(Prepared { id, title: name.clone() }),
            Err(error @ (CallError::Rate { .. } | CallError::NotSent { .. })) => return Err(error),
            Err(error) => left_out(token, &error),
        }
    }
    Ok(prepared)
}

async fn hand_over(
    api: &SlackApi,
    token: &Token,
    name: &str,
    media_type: &str,
    alt: Option<&str>,
    bytes: &[u8],
    urgency: Urgency,
) -> Result<String, CallError> {
    let mut args = json!({ "filename": name, "length": bytes.len() });
    if let Some(alt) = alt {
        args["alt_txt"] = Value::from(alt.chars().take(LONGEST_ALT).collect::<String>());
    }
    let answer = api.call_reserved(token, BYTES, args, urgency).await?;
    let (Some(address), Some(id)) = (answer["upload_url"].as_str(), answer["file_id"].as_str()) else {
        return Err(CallError::InDoubt { reason: "Slack's answer names no file".to_owned() });
    };
    api.upload(address, media_type, bytes).await?;
    Ok(id.to_owned())
}

/// Shares what was prepared in a conversation. The message is out already, so a failure is only told to the log.
pub async fn share(api: &SlackApi, token: &Token, channel: &str, files: &[Prepared], urgency: Urgency) {
    if files.is_empty() {
        return;
    }
    let list: Vec<Value> = files.iter().map(|file| json!({ "id": file.id, "title": file.title })).collect();
    let args = json!({ "files": list, "channel_id": channel });
    if let Err(error) = api.call_reserved(token, SHARE, args, urgency).await {
        left_out(token, &error);
    }
}

fn left_out(token: &Token, error: &CallError) {
    tracing::warn!(slack.workspace = %token.workspace, error.reason = %error, "slack.file_left_out");
}
