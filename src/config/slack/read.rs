//! The keys of `[slack]`. Invariant: a token can only travel encrypted or within this machine, because no other
//! address is accepted.

use std::collections::BTreeSet;

use super::secrets::variable;
use super::{Slack, SlackMode};
use crate::config::read::{Reader, nearest};
use crate::config::{take, values};

/// Reads `[slack]`; the names of workspaces are given back for the secrets. Tells the line of `mode`.
pub(in crate::config) fn read(reader: &mut Reader<'_>, slack: &mut Slack) -> Vec<String> {
    let mode_line = take(reader, "slack", "mode", mode, &mut slack.mode).unwrap_or(0);
    if slack.is_on() && !cfg!(feature = "slack") {
        let what =
            "this program was built without Slack. Please write \"off\", or build it with --features slack.";
        reader.fault(mode_line, "slack.mode", what);
    }
    let mut names = Vec::new();
    take(reader, "slack", "workspaces", workspaces, &mut names);
    take(reader, "slack", "listen", values::address, &mut slack.listen);
    let address = |text: &str| public_url(text).map(Some);
    take(reader, "slack", "public_url", address, &mut slack.public_url);
    take(reader, "slack", "api", api, &mut slack.api);
    take(reader, "slack", "admins", admins, &mut slack.admins);
    names
}

fn mode(text: &str) -> Result<SlackMode, String> {
    let words = || SlackMode::ALL.iter().map(|mode| mode.as_str());
    SlackMode::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or_else(|| {
        match nearest(text, words()) {
            Some(near) => format!("this is not a way to reach Slack. Did you mean \"{near}\"?"),
            None => {
                "this is not a way to reach Slack. Please write \"off\", \"socket\" or \"http\".".to_owned()
            }
        }
    })
}

fn workspaces(text: &str) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if !name.chars().all(plain) || name.len() > 40 {
            return Err(
                "a workspace's name here is short and of small letters, digits and hyphens. Please write, \
                        for example, \"acme, north\"."
                    .to_owned(),
            );
        }
        if name.ends_with("file") {
            return Err(
                "a name that ends in \"file\" would look like the name of a file with a secret. Please \
                        choose another."
                    .to_owned(),
            );
        }
        if !seen.insert(variable("", name)) {
            return Err(
                "two of these names lead to the same variables. Please make them differ in more than \
                        their hyphens."
                    .to_owned(),
            );
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn admins(text: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> =
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let is_member = |name: &str| {
        name.len() > 2 && name.starts_with(['U', 'W']) && name.chars().all(|c| c.is_ascii_alphanumeric())
    };
    if names.iter().all(|name| is_member(name) || (name.contains('@') && !name.contains(char::is_whitespace)))
    {
        return Ok(names);
    }
    Err("these are not all e-mail addresses or member ids. Please write, for example, \"ada@example.org, \
         U012AB3CD\"; a member id is under \"Copy member ID\" in a person's profile."
        .to_owned())
}

/// Tokens travel to this address, so it is an encrypted one, or on this machine.
fn api(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    if values::is_web_address(text) {
        return Ok(text.to_owned());
    }
    Err("this is not the address of Slack's Web API. Please write https://slack.com/api, or \
         https://slack-gov.com/api for GovSlack; http:// is accepted for this machine only."
        .to_owned())
}

fn public_url(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    if values::is_web_address(text) && !text.contains(['?', '#']) {
        return Ok(text.to_owned());
    }
    Err("this is not an address that browsers and Slack can reach. Please write it with https://, as in \
         https://mentoring.example.org."
        .to_owned())
}
