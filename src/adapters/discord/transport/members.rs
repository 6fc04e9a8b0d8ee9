//! Who is in a room. Invariant: whoever should be in it is let in, whoever we let in and should not be there any more is
//! taken out, and no bot and no moderator is.

use serde_json::{Value, json};
use serenity::model::id::{ChannelId, TargetId, UserId};

use super::super::PLATFORM;
use super::call::{Call, Route, Verb};
use super::courier::{Courier, id};
use super::fault::{CallError, code};
use super::rooms::{CHANNEL, Failure, RoomPlan, THREAD};

/// View the channel, send messages, embed links, attach files, read the history.
const MAY: u64 = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16;
const VIEW: u64 = 1 << 10;
/// Discord's kind of an overwrite for one account.
const ACCOUNT: u64 = 1;

/// Nobody of the server sees the channel.
pub(super) fn shut_to_all(guild: &str) -> Value {
    json!({ "id": guild, "type": 0, "allow": "0", "deny": VIEW.to_string() })
}

/// One account sees the channel.
pub(super) fn open_to(account: &str) -> Value {
    json!({ "id": account, "type": ACCOUNT, "allow": MAY.to_string(), "deny": "0" })
}

/// Makes the members of a room exactly these.
pub async fn set(
    courier: &Courier,
    plan: RoomPlan,
    guild: &str,
    room: &str,
    people: &[String],
) -> Result<(), Failure> {
    let known = {
        let mut tx = courier.store.read().await?;
        tx.find_opened_room_by_id(PLATFORM, guild, room).await?
    };
    let kind = known.map_or_else(|| THREAD.to_owned(), |known| known.kind);
    let there = there(courier, plan, room, &kind).await?;
    for account in there.iter().filter(|account| !people.contains(account)) {
        let out = call(room, account, &kind, Verb::Delete)?;
        left_out(guild, courier.awake(room, out).await)?;
        let mut tx = courier.store.begin().await?;
        tx.delete_let_in(room, account).await?;
        tx.commit().await?;
    }
    let_in(courier, guild, room, &kind, people).await
}

/// Lets people in. It is harmless for who is there already, and the only way to bring back who left by themselves.
pub(super) async fn let_in(
    courier: &Courier,
    guild: &str,
    room: &str,
    kind: &str,
    people: &[String],
) -> Result<(), Failure> {
    let mut refused = None;
    let mut is_anybody_in = people.is_empty();
    for account in people {
        let into = call(room, account, kind, Verb::Put)?;
        match left_out(guild, courier.awake(room, into).await)? {
            None => {
                is_anybody_in = true;
                let mut tx = courier.store.begin().await?;
                tx.mark_let_in(room, account).await?;
                tx.commit().await?;
            }
            Some(error) => refused = Some(error),
        }
    }
    match refused {
        // When nobody can be let in, it is not about them.
        Some(error) if !is_anybody_in => Err(error.into()),
        _ => Ok(()),
    }
}

/// The call that lets an account into a room or takes it out.
fn call(room: &str, account: &str, kind: &str, verb: Verb) -> Result<Call<'static>, CallError> {
    let channel_id = id::<ChannelId>(room)?;
    let is_channel = kind == CHANNEL;
    let route = if is_channel {
        Route::ChannelPermission { channel_id, target_id: id::<TargetId>(account)? }
    } else {
        Route::ChannelThreadMember { channel_id, user_id: id::<UserId>(account)? }
    };
    if verb == Verb::Delete {
        return Ok(Call::delete(route));
    }
    let overwrite = json!({ "type": ACCOUNT, "allow": MAY.to_string(), "deny": "0" });
    Ok(Call::put(route, is_channel.then_some(overwrite)))
}

/// The people in a room as far as we may know: those we let in, and those whom Discord shows.
async fn there(courier: &Courier, plan: RoomPlan, room: &str, kind: &str) -> Result<Vec<String>, Failure> {
    let mut there = {
        let mut tx = courier.store.read().await?;
        tx.list_let_in(room).await?
    };
    let channel_id = id::<ChannelId>(room)?;
    if kind == CHANNEL {
        let answer = courier.rest.call(Call::get(Route::Channel { channel_id })).await?;
        let overwrites = answer["permission_overwrites"].as_array().cloned().unwrap_or_default();
        let accounts = overwrites.iter().filter(|overwrite| overwrite["type"] == ACCOUNT);
        there.extend(accounts.filter_map(|overwrite| overwrite["id"].as_str().map(str::to_owned)));
    } else if plan.lists_members {
        let params = vec![("with_member", "true".to_owned()), ("limit", "100".to_owned())];
        let call = Call::get(Route::ChannelThreadMembers { channel_id }).params(params);
        let answer = courier.rest.call(call).await?;
        let people =
            answer.as_array().into_iter().flatten().filter(|one| one["member"]["user"]["bot"] != true);
        there.extend(people.filter_map(|one| one["user_id"].as_str().map(str::to_owned)));
    }
    there.sort();
    there.dedup();
    let me = courier.rest.me().await?;
    there.retain(|account| account != me);
    Ok(there)
}

/// Why one person was left out, if so. One who cannot be let in or taken out is told to the log; the rest goes on.
fn left_out(guild: &str, done: Result<Value, CallError>) -> Result<Option<CallError>, CallError> {
    // It is gone already, or does not see the channel in which the thread is.
    let about_person = [code::UNKNOWN_MEMBER, code::UNKNOWN_USER, code::NO_PERMISSION, code::NO_ACCESS];
    match done {
        Err(error) if error.is_any(&about_person) => {
            tracing::warn!(discord.guild = %guild, error.reason = %error, "discord.member_left_out");
            Ok(Some(error))
        }
        other => other.map(|_| None),
    }
}
