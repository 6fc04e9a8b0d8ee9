//! Looking for a post by its marker. Invariant: "not there" is said only when the whole time since was read. That Discord
//! would still know the nonce is no ground: the next try may come after it forgot, and would look back only to itself.

use serde_json::Value;
use serenity::model::id::ChannelId;

use super::call::{Call, Route};
use super::courier::{Courier, Post, id};
use super::fault::CallError;
use super::mark;
use crate::chat::messenger::Found;
use crate::domain::civil::Instant;

/// Discord's limit of one page.
const PAGE: usize = 100;
/// Pages that are looked through; a channel that said more than this since then is not read on.
const MOST_PAGES: usize = 10;

/// Looks through what was said in a channel since the instant. `None`: there is more than we read.
pub async fn look(
    courier: &Courier,
    channel: &str,
    marker: &str,
    since: Instant,
) -> Result<Option<Found>, CallError> {
    // The first id of that very millisecond belongs to it, and Discord leaves out the one that is named.
    let mut after = mark::id_at(since).saturating_sub(1);
    for _ in 0..MOST_PAGES {
        let route = Route::ChannelMessages { channel_id: id::<ChannelId>(channel)? };
        let params = vec![("after", after.to_string()), ("limit", PAGE.to_string())];
        let answer = courier.rest.call(Call::get(route).params(params)).await?;
        let unread = || CallError::InDoubt { reason: "the history could not be read".to_owned() };
        let page = answer.as_array().ok_or_else(unread)?;
        if let Some(found) = page.iter().find(|message| mark::is_stamped(message, marker)) {
            let message = found["id"].as_str().ok_or_else(unread)?.to_owned();
            let post = Post { channel: channel.to_owned(), message };
            return Ok(Some(Found::Yes { remote_id: post.text() }));
        }
        let newest = page.iter().filter_map(|message| number(&message["id"])).max();
        match newest {
            Some(newest) if page.len() >= PAGE && newest > after => after = newest,
            _ => return Ok(Some(Found::No)),
        }
    }
    Ok(None)
}

fn number(id: &Value) -> Option<u64> {
    id.as_str()?.parse().ok()
}
