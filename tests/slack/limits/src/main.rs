//! Checks recorded Slack calls: the limits of every block by `slackblocks`, and that no id appears twice, which it does
//! not look for. `slack-limits CALLS.jsonl`; the exit code is 0 only when something was checked and nothing found.

use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::process::ExitCode;

use serde_json::Value;
use slackblocks::{HomeTabView, MessagePayload, ModalView};

/// Characters in all blocks of a message, above which Slack answers `msg_blocks_too_long`.
const MOST_CHARACTERS: usize = 12_000;

fn main() -> ExitCode {
    let file = std::env::args().nth(1).expect("a file of calls");
    let file = std::io::BufReader::new(std::fs::File::open(file).expect("the file opens"));
    let (mut seen, mut calls, mut checked, mut found) = (BTreeSet::new(), 0, 0, 0);
    for line in file.lines() {
        let line = line.expect("text");
        calls += 1;
        if !seen.insert(line.clone()) {
            continue;
        }
        let call: Value = serde_json::from_str(&line).expect("a call is JSON");
        let method = call["method"].as_str().expect("a method");
        let findings = check(method, &call["args"]);
        if let Some(findings) = findings {
            checked += 1;
            for finding in findings {
                found += 1;
                println!("{method}: {finding}\n    in {}", line.chars().take(300).collect::<String>());
            }
        }
    }
    println!("{checked} messages and views of {calls} calls, {found} findings");
    if checked > 0 && found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// `slackblocks` 3.2.0 does not know the rich text element `date`, which Slack's own types have (`RichTextDate`). Its
/// fall-back text takes its place, so that everything around it is checked.
fn without_dates(value: &Value) -> Value {
    match value {
        Value::Object(map) if map.get("type").and_then(Value::as_str) == Some("date") => {
            serde_json::json!({"type": "text", "text": map.get("fallback").cloned().unwrap_or_default()})
        }
        Value::Object(map) => Value::Object(map.iter().map(|(k, v)| (k.clone(), without_dates(v))).collect()),
        Value::Array(list) => Value::Array(list.iter().map(without_dates).collect()),
        other => other.clone(),
    }
}

/// What is wrong with the blocks of a call; `None` when it has none.
fn check(method: &str, args: &Value) -> Option<Vec<String>> {
    let parsed = |value: &Value| match value {
        Value::String(text) => without_dates(&serde_json::from_str(text).unwrap_or(Value::Null)),
        other => without_dates(other),
    };
    let mut findings = Vec::new();
    if args.get("view").is_some() {
        let view = parsed(&args["view"]);
        let result = match view["type"].as_str() {
            Some("home") => HomeTabView::try_from(view.clone()).map(drop),
            _ => ModalView::try_from(view.clone()).map(drop),
        };
        findings.extend(result.err().map(|error| error.to_string()));
        if view["blocks"].as_array().is_none_or(Vec::is_empty) {
            findings.push("a view without blocks".to_owned());
        }
        findings.extend(ids(&view["blocks"]));
        return Some(findings);
    }
    if !matches!(method, "chat.postMessage" | "chat.update" | "chat.postEphemeral")
        && !method.starts_with("response_url")
    {
        return None;
    }
    if args["text"].as_str().is_none_or(str::is_empty) {
        findings.push("a message without text".to_owned());
    }
    let blocks = parsed(args.get("blocks").unwrap_or(&Value::Null));
    if method.starts_with("chat.") {
        let mut whole = args.clone();
        if !blocks.is_null() {
            whole["blocks"] = blocks.clone();
        }
        findings.extend(MessagePayload::try_from(whole).err().map(|error| error.to_string()));
    }
    findings.extend(ids(&blocks));
    let length = characters(&blocks);
    if length > MOST_CHARACTERS {
        findings.push(format!("{length} characters in all blocks"));
    }
    Some(findings)
}

/// Ids that appear twice: `block_id` in a message or view, `action_id` within a block.
fn ids(blocks: &Value) -> Vec<String> {
    let (mut found, mut names) = (Vec::new(), BTreeSet::new());
    for block in blocks.as_array().into_iter().flatten() {
        if let Some(name) = block["block_id"].as_str()
            && !names.insert(name)
        {
            found.push(format!("block_id {name} twice"));
        }
        let mut actions = BTreeSet::new();
        let elements = block["elements"].as_array().into_iter().flatten();
        for element in elements.chain([&block["element"], &block["accessory"]]) {
            if let Some(name) = element["action_id"].as_str()
                && !actions.insert(name)
            {
                found.push(format!("action_id {name} twice in a block"));
            }
        }
    }
    found
}

/// Characters of all texts.
fn characters(value: &Value) -> usize {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| match (key.as_str(), value) {
                ("text", Value::String(text)) => text.chars().count(),
                _ => characters(value),
            })
            .sum(),
        Value::Array(list) => list.iter().map(characters).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn planted_faults_are_found() {
        let button = |id: &str| json!({"type": "button", "action_id": id, "text": {"type": "plain_text", "text": "x"}});
        let with = |blocks: Value| json!({"channel": "C1", "text": "x", "blocks": blocks});
        let twice = with(json!([{"type": "actions", "elements": [button("a"), button("a")]}]));
        assert_eq!(check("chat.postMessage", &twice).expect("checked").len(), 1);
        let long = with(json!([{"type": "section", "text": {"type": "mrkdwn", "text": "y".repeat(3_001)}}]));
        assert!(!check("chat.postMessage", &long).expect("checked").is_empty());
        let mute = json!({"channel": "C1", "text": "", "blocks": [{"type": "divider"}]});
        assert!(!check("chat.postMessage", &mute).expect("checked").is_empty());
        let fine = with(json!([{"type": "actions", "elements": [button("a"), button("b")]}]));
        assert_eq!(check("chat.postMessage", &fine), Some(Vec::new()));
        assert_eq!(check("conversations.open", &json!({})), None);
    }
}
