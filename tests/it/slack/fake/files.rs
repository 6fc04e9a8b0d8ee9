//! Files in two steps: ask for an address, bring the bytes there, say that they are complete.

use serde_json::{Value, json};

use super::wire::{Answer, Request};
use super::world::{File, Post};
use super::{Call, Given, Refused, Shared};

/// Carries out one of these methods.
pub fn run(name: &str, call: &mut Call<'_>) -> Given {
    match name {
        "files.getUploadURLExternal" => {
            let length = call.args["length"].as_i64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
            if length == 0 {
                return Err(Refused::Breach("invalid_arguments", "a file without bytes".into()));
            }
            let id = call.world.id('F');
            let file =
                File { name: call.text("filename"), alt: call.text("alt_txt"), length, ..File::default() };
            call.world.team_mut(&call.team.clone()).files.insert(id.clone(), file);
            Ok(json!({ "upload_url": format!("http://{}/upload/{id}", call.http), "file_id": id }))
        }
        "files.completeUploadExternal" => complete(call),
        "files.info" => {
            let id = call.text("file");
            let team = call.world.team(&call.team);
            let file = team.files.get(&id).ok_or(Refused::Says("file_not_found"))?;
            Ok(json!({ "file": { "id": id, "name": file.name, "size": file.length } }))
        }
        _ => {
            let id = call.text("file");
            let known = call.world.team_mut(&call.team.clone()).files.remove(&id);
            known.map(|_| json!({})).ok_or(Refused::Says("file_not_found"))
        }
    }
}

fn complete(call: &mut Call<'_>) -> Given {
    let files = call.args["files"].as_array().cloned().unwrap_or_default();
    if files.is_empty() {
        return Err(Refused::Breach("invalid_arguments", "no files".into()));
    }
    let channel = call.text("channel_id");
    if !channel.is_empty() {
        let known = call.channel(&channel)?;
        if known.archived {
            return Err(Refused::Says("is_archived"));
        }
    }
    let mut ids = Vec::new();
    let team = call.world.team_mut(&call.team.clone());
    for sent in &files {
        let id = sent["id"].as_str().unwrap_or_default();
        let file = team.files.get_mut(id).ok_or(Refused::Says("file_not_found"))?;
        if file.complete {
            return Err(Refused::Breach("invalid_arguments", "a file was completed twice".into()));
        }
        if file.bytes.as_ref().map(Vec::len) != Some(file.length) {
            return Err(Refused::Breach("file_upload_size_mismatch", format!("{} promised", file.length)));
        }
        file.complete = true;
        ids.push(id.to_owned());
    }
    let bot = team.bot_user.clone();
    if !channel.is_empty() {
        let (ts, seen) = (call.world.ts(call.now), call.world.next());
        let thread = call.args["thread_ts"].as_str().map(str::to_owned);
        let text = call.text("initial_comment");
        let post = Post { ts, seen, user: bot, text, files: ids, thread, ..Post::default() };
        call.channel_mut(&channel)?.posts.push(post);
    }
    let given: Vec<Value> = files.iter().map(|f| json!({ "id": f["id"], "title": f["title"] })).collect();
    Ok(json!({ "files": given }))
}

/// The bytes of a file arrive, bare or as one part of a form.
pub fn upload(shared: &Shared, id: &str, request: &Request) -> Answer {
    let bytes = match request.header("content-type").and_then(|v| v.split_once("boundary=")) {
        Some((_, boundary)) => part(&request.body, boundary.trim_matches('"')),
        None => Some(request.body.clone()),
    };
    let mut world = shared.world();
    let file = world.teams.values_mut().find_map(|team| team.files.get_mut(id));
    if let (Some(file), Some(bytes)) = (file, bytes) {
        let answer = format!("OK - {}", bytes.len());
        file.bytes = Some(bytes);
        return Answer::text(200, "text/plain", answer);
    }
    world.find_fault("upload: an address that nobody gave out, or a form without a file");
    Answer::text(404, "text/plain", "Not found".into())
}

fn part(body: &[u8], boundary: &str) -> Option<Vec<u8>> {
    let find = |from: usize, what: &[u8]| {
        body[from..].windows(what.len()).position(|w| w == what).map(|at| at + from)
    };
    let from = find(0, b"\r\n\r\n")? + 4;
    let to = find(from, format!("\r\n--{boundary}").as_bytes())?;
    Some(body[from..to].to_vec())
}
