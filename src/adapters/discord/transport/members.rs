//! Who is in a room. Invariant: whoever should be in it is let in, whoever we let in and should not be there any more is
//! taken out, and no bot and no moderator is.

use serde_json::{Value, json};
use serenity::model::id::{ChannelId, TargetId, UserId};

use super::super::PLATFORM;
use super::call::{Call, Route, Verb};
use super::courier::{Courier, id};
use super::fault::{CallError, code};
use super::limiter::Urgency;
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
    let mut kept = None;
    for account in there.iter().filter(|account| !people.contains(account)) {
        let out = call(room, account, &kind, Verb::Delete)?;
        if let Err(error) = courier.awake(room, out).await
            && !error.is_any(&GONE)
        {
            // Who may not be taken out now stays known, so that it is tried again; the others go on.
            if !error.is_any(&REFUSED) {
                return Err(error.into());
            }
            tracing::warn!(discord.guild = %guild, error.reason = %error, "discord.member_not_taken_out");
            kept = Some(error);
            continue;
        }
        let mut tx = courier.store.begin().await?;
        tx.delete_let_in(room, account).await?;
        tx.commit().await?;
    }
    let_in(courier, guild, room, &kind, people).await?;
    kept.map_or(Ok(()), |error| Err(error.into()))
}

/// Lets people in: first those who never were, so that a limit of Discord's that cuts a run short is passed by the next
/// one. For who is there already it is harmless and the only way to bring back who left by themselves; it is worth no
/// wait.
pub(super) async fn let_in(
    courier: &Courier,
    guild: &str,
    room: &str,
    kind: &str,
    people: &[String],
) -> Result<(), Failure> {
    let known = {
        let mut tx = courier.store.read().await?;
        tx.list_let_in(room).await?
    };
    let (again, new): (Vec<&String>, Vec<&String>) =
        people.iter().partition(|account| known.contains(account));
    let mut refused = None;
    let mut is_anybody_in = people.is_empty();
    for account in new {
        let into = call(room, account, kind, Verb::Put)?.urgency(Urgency::Bulk);
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
    for account in again {
        match courier.awake(room, call(room, account, kind, Verb::Put)?).await {
            Err(CallError::Rate { .. }) => return Ok(()),
            done => match left_out(guild, done)? {
                None => is_anybody_in = true,
                Some(error) => refused = Some(error),
            },
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

/// The people in a room as far as we may know: those we let in, and those whom Discord shows. Of a channel's overwrites
/// only those count that look like ours, for others are somebody's own decision.
async fn there(courier: &Courier, plan: RoomPlan, room: &str, kind: &str) -> Result<Vec<String>, Failure> {
    let mut there = {
        let mut tx = courier.store.read().await?;
        tx.list_let_in(room).await?
    };
    let channel_id = id::<ChannelId>(room)?;
    if kind == CHANNEL {
        let answer = courier.rest.call(Call::get(Route::Channel { channel_id })).await?;
        let overwrites = answer["permission_overwrites"].as_array().cloned().unwrap_or_default();
        let ours = open_to("");
        let accounts = overwrites
            .iter()
            .filter(|overwrite| ["type", "allow", "deny"].iter().all(|part| overwrite[part] == ours[part]));
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

/// The person, or what let them in, is not there any more.
const GONE: [u64; 3] = [code::UNKNOWN_MEMBER, code::UNKNOWN_USER, code::UNKNOWN_OVERWRITE];
/// The bot may not, or the person does not see the channel in which the thread is.
const REFUSED: [u64; 2] = [code::NO_PERMISSION, code::NO_ACCESS];

/// Why one person was left out, if so. One who cannot be let in is told to the log; the rest goes on.
fn left_out(guild: &str, done: Result<Value, CallError>) -> Result<Option<CallError>, CallError> {
    match done {
        Err(error) if error.is_any(&GONE) || error.is_any(&REFUSED) => {
            tracing::warn!(discord.guild = %guild, error.reason = %error, "discord.member_left_out");
            Ok(Some(error))
        }
        other => other.map(|_| None),
    }
}
