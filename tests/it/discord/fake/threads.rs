//! Threads: made, joined, left, put away after silence and opened again. What is put away takes nothing until it is
//! opened, so that nobody forgets to.

use serde_json::{Value, json};

use super::refuse::{Check, Refused};
use super::world::{APP, Kind, Thread};
use super::{Call, Given, payloads, rights};

/// What is served here.
pub const ROUTES: super::Routes = &[
    ("POST", "/channels/{channel_id}/threads", create),
    ("GET", "/channels/{channel_id}/thread-members", members),
    ("GET", "/channels/{channel_id}/thread-members/{user_id}", member),
    ("PUT", "/channels/{channel_id}/thread-members/{user_id}", add),
    ("DELETE", "/channels/{channel_id}/thread-members/{user_id}", remove),
    ("GET", "/guilds/{guild_id}/threads/active", active),
    ("GET", "/channels/{channel_id}/threads/archived/private", |call| archived(call, Kind::Private)),
    ("GET", "/channels/{channel_id}/threads/archived/public", |call| archived(call, Kind::Public)),
    ("GET", "/channels/{channel_id}/users/@me/threads/archived/private", |call| {
        archived(call, Kind::Private)
    }),
];

/// Members of one thread.
const MOST_MEMBERS: usize = 1_000;
/// The minutes of silence that can be asked for.
const MINUTES: [i64; 4] = [60, 1_440, 4_320, 10_080];

/// Puts a thread away that was silent for as long as it says.
pub fn put_away(call: &mut Call<'_>, id: &str) {
    let now = call.now;
    let channel = call.world.channel_mut(id);
    let silent = channel.active.secs_until(now);
    let Some(thread) = channel.thread.as_mut().filter(|t| !t.archived && silent >= t.minutes * 60) else {
        return;
    };
    thread.archived = true;
    let data = payloads::channel(call.world, call.world.channel(id));
    call.tell(id, "THREAD_UPDATE", data);
}

/// Fails for a thread that was put away.
pub fn must_be_open(call: &Call<'_>, id: &str) -> Result<(), Refused> {
    let archived = call.world.channel(id).thread.as_ref().is_some_and(|thread| thread.archived);
    if archived { Err(Refused::Says(50_083)) } else { Ok(()) }
}

fn create(call: &mut Call<'_>) -> Given {
    let parent = call.channel()?;
    let body = call.body.clone();
    let mut check = Check::default();
    check.keys("", &body, "name auto_archive_duration type invitable rate_limit_per_user");
    check.needs_text("name", &body["name"], 100);
    check.truth("invitable", &body["invitable"]);
    let minutes = body["auto_archive_duration"].as_i64().unwrap_or(4_320);
    if !MINUTES.contains(&minutes) {
        check.add(
            "auto_archive_duration",
            "BASE_TYPE_CHOICES",
            "Value must be one of (60, 1440, 4320, 10080).",
        );
    }
    // Without a word about it a thread is a private one.
    let kind = match body["type"].as_u64().unwrap_or(12) {
        11 => Kind::Public,
        12 => Kind::Private,
        _ => {
            check.add("type", "BASE_TYPE_CHOICES", "Value must be one of (10, 11, 12).");
            Kind::Private
        }
    };
    check.end()?;
    let (guild, of) = {
        let channel = call.world.channel(&parent);
        (channel.guild.clone(), channel.kind)
    };
    let Some(guild) = guild.filter(|_| of == Kind::Text) else { return Err(Refused::Says(50_024)) };
    call.needs(
        &parent,
        if kind == Kind::Private { rights::PRIVATE_THREADS } else { rights::PUBLIC_THREADS },
    )?;
    let open = call.world.channels.values().filter(|c| {
        c.guild.as_ref() == Some(&guild) && c.thread.as_ref().is_some_and(|thread| !thread.archived)
    });
    if open.count() >= call.world.guild(&guild).most_threads {
        return Err(Refused::Says(160_006));
    }
    let name = body["name"].as_str().unwrap_or_default();
    let id = call.world.add_channel(Some(&guild), kind, name, call.now);
    let channel = call.world.channel_mut(&id);
    channel.parent = Some(parent);
    channel.thread = Some(Thread {
        members: [APP.to_owned()].into(),
        archived: false,
        locked: false,
        invitable: body["invitable"] != false,
        minutes,
    });
    let mut data = payloads::channel(call.world, call.world.channel(&id));
    let answer = data.clone();
    data["newly_created"] = json!(true);
    call.tell(&id, "THREAD_CREATE", data);
    Ok((201, answer))
}

/// The thread of the path.
fn thread(call: &mut Call<'_>) -> Result<String, Refused> {
    let id = call.channel()?;
    if call.world.channel(&id).thread.is_some() { Ok(id) } else { Err(Refused::Says(50_024)) }
}

fn members(call: &mut Call<'_>) -> Given {
    let id = thread(call)?;
    let channel = call.world.channel(&id);
    let all = channel.thread.iter().flat_map(|t| &t.members);
    Ok((200, json!(all.map(|user| payloads::thread_member(channel, user)).collect::<Vec<_>>())))
}

fn member(call: &mut Call<'_>) -> Given {
    let (id, user) = (thread(call)?, call.param("user_id"));
    let channel = call.world.channel(&id);
    let there = channel.thread.as_ref().is_some_and(|t| t.members.contains(&user));
    if there { Ok((200, payloads::thread_member(channel, &user))) } else { Err(Refused::Says(10_007)) }
}

fn add(call: &mut Call<'_>) -> Given {
    let (id, user) = (thread(call)?, called(call));
    must_be_open(call, &id)?;
    call.needs(&id, rights::SEND_IN_THREADS)?;
    let guild = call.world.channel(&id).guild.clone().unwrap_or_default();
    if !call.world.users.contains_key(&user) {
        return Err(Refused::Says(10_013));
    }
    if !call.world.guild(&guild).members.contains_key(&user) {
        return Err(Refused::Says(10_007));
    }
    let parent = call.world.channel(&id).parent.clone().unwrap_or_default();
    if rights::in_channel(call.world, &parent, &user) & rights::VIEW == 0 {
        return Err(Refused::Says(50_001));
    }
    let thread = call.world.channel_mut(&id).thread.as_mut().expect("it is a thread");
    if thread.members.len() >= MOST_MEMBERS {
        return Err(Refused::Says(30_033));
    }
    thread.members.insert(user.clone());
    told(call, &id, &[user], &[]);
    Ok((204, Value::Null))
}

fn remove(call: &mut Call<'_>) -> Given {
    let (id, user) = (thread(call)?, called(call));
    must_be_open(call, &id)?;
    let own = call.world.channel(&id).owner == APP && call.world.channel(&id).kind == Kind::Private;
    if user != APP && !own {
        call.needs(&id, rights::MANAGE_THREADS)?;
    }
    let thread = call.world.channel_mut(&id).thread.as_mut().expect("it is a thread");
    if thread.members.remove(&user) {
        told(call, &id, &[], &[user]);
    }
    Ok((204, Value::Null))
}

fn called(call: &Call<'_>) -> String {
    let user = call.param("user_id");
    if user == "@me" { APP.to_owned() } else { user }
}

fn told(call: &mut Call<'_>, id: &str, came: &[String], left: &[String]) {
    let channel = call.world.channel(id);
    let count = channel.thread.as_ref().map_or(0, |t| t.members.len());
    let came: Vec<Value> = came.iter().map(|user| payloads::thread_member(channel, user)).collect();
    let data = json!({
        "id": id, "guild_id": channel.guild, "member_count": count, "added_members": came, "removed_member_ids": left,
    });
    call.tell(id, "THREAD_MEMBERS_UPDATE", data);
}

fn active(call: &mut Call<'_>) -> Given {
    let guild = call.guild()?;
    let of: Vec<String> = call
        .world
        .channels
        .values()
        .filter(|c| c.guild.as_ref() == Some(&guild) && c.thread.is_some())
        .map(|c| c.id.clone())
        .collect();
    for id in &of {
        put_away(call, id);
    }
    Ok((
        200,
        listed(call, |c| c.guild.as_ref() == Some(&guild) && c.thread.as_ref().is_some_and(|t| !t.archived)),
    ))
}

fn archived(call: &mut Call<'_>, kind: Kind) -> Given {
    let parent = call.channel()?;
    let mut shown = listed(call, |c| {
        c.parent.as_ref() == Some(&parent) && c.kind == kind && c.thread.as_ref().is_some_and(|t| t.archived)
    });
    shown["has_more"] = json!(false);
    Ok((200, shown))
}

fn listed(call: &Call<'_>, wanted: impl Fn(&super::world::Channel) -> bool) -> Value {
    let world = &*call.world;
    let all = world.channels.values().filter(|c| wanted(c));
    let all: Vec<_> = all.filter(|c| rights::in_channel(world, &c.id, APP) & rights::VIEW != 0).collect();
    let own = all.iter().filter(|c| c.thread.as_ref().is_some_and(|t| t.members.contains(APP)));
    json!({
        "threads": all.iter().map(|c| payloads::channel(world, c)).collect::<Vec<_>>(),
        "members": own.map(|c| payloads::thread_member(c, APP)).collect::<Vec<_>>(),
    })
}
