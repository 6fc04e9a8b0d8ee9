//! Answers to interactions: one first answer within three seconds, further ones for a quarter of an hour, each only
//! where Discord takes it.

use serde_json::{Value, json};

use super::bodies::{self, EPHEMERAL, Way};
use super::refuse::{Check, Refused, join};
use super::world::{APP, Interaction, Screen};
use super::{Call, Given, components, payloads, talk};

/// What is served here.
pub const ROUTES: super::Routes = &[
    ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", callback),
    ("GET", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", |call| get(call, None)),
    ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", |call| change(call, None)),
    ("DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", |call| delete(call, None)),
    ("POST", "/webhooks/{webhook_id}/{webhook_token}", further),
    ("GET", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", |call| get(call, Some(()))),
    ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", |call| change(call, Some(()))),
    ("DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", |call| delete(call, Some(()))),
];

/// Seconds for the first answer.
const FIRST: f64 = 3.0;
/// Seconds for everything after it.
const LATER: i64 = 900;

fn callback(call: &mut Call<'_>) -> Given {
    let token = call.param("interaction_token");
    first(call, &token)
}

/// Takes the first answer, by whichever way it came.
pub fn first(call: &mut Call<'_>, token: &str) -> Given {
    let Some(known) = call.world.interactions.get(token).cloned() else {
        return Err(Refused::Breach(10_062, "an answer to what nobody did".into()));
    };
    let named = call.param("interaction_id");
    if !named.is_empty() && known.id != named {
        return Err(Refused::Breach(10_062, "an answer with another's token".into()));
    }
    let over = known.began.elapsed().as_secs_f64() > FIRST;
    if known.answered.is_some() {
        // Who never heard what became of the first has to ask. A story's clock may stand for minutes: a bot that reads
        // it cannot know that the time of first answers is over.
        let again = "a second first answer".into();
        return Err(if known.doubted || over {
            Refused::Says(40_060)
        } else {
            Refused::Breach(40_060, again)
        });
    }
    if over {
        return Err(Refused::Says(10_062));
    }
    let body = call.body.clone();
    look(&known, &body, call)?;
    let kind = body["type"].as_u64().unwrap_or(0);
    let mut now = known.clone();
    now.answered = Some(kind);
    match kind {
        4 => now.original = Some(say(call, &known, &body["data"])),
        5 => {
            let flags = json!({ "flags": body["data"]["flags"].as_u64().unwrap_or(0) | 128 });
            now.original = Some(say(call, &known, &flags));
            now.loading = true;
        }
        6 => now.original.clone_from(&known.message),
        7 => {
            now.original.clone_from(&known.message);
            rewrite(call, &known.channel, known.message.as_deref().unwrap_or_default(), &body["data"]);
        }
        9 => {
            let seen = call.world.next();
            let screen = Screen {
                modal: body["data"].clone(),
                channel: known.channel.clone(),
                message: known.message.clone(),
                seen,
            };
            call.world.screens.insert(known.user.clone(), screen);
        }
        _ => {}
    }
    if known.kind == 5 {
        // A filed form closes once it is answered.
        call.world.screens.remove(&known.user);
    }
    let original = now.original.clone();
    call.world.interactions.insert(token.to_owned(), now);
    call.answered = Some(known.id.clone());
    if call.asked("with_response").as_deref() != Some("true") {
        return Ok((204, Value::Null));
    }
    let mut told =
        json!({ "interaction": { "id": known.id, "type": known.kind, "response_message_id": original } });
    if let Some(id) = original.filter(|_| matches!(kind, 4 | 5 | 7)) {
        told["resource"] = json!({ "type": kind, "message": talk::shown(call, &known.channel, &id) });
    }
    Ok((200, told))
}

/// Whether this answer fits what was done.
fn look(known: &Interaction, body: &Value, call: &Call<'_>) -> Result<(), Refused> {
    let mut check = Check::default();
    check.keys("", body, "type data");
    let (kind, data) = (body["type"].as_u64().unwrap_or(0), &body["data"]);
    let fits = match known.kind {
        2 => matches!(kind, 4 | 5 | 9),
        3 => matches!(kind, 4 | 5 | 6 | 7 | 9),
        4 => kind == 8,
        5 => matches!(kind, 4 | 5) || (known.message.is_some() && matches!(kind, 6 | 7)),
        _ => false,
    };
    if !fits {
        check.add(
            "type",
            "INTERACTION_RESPONSE_TYPE",
            &format!("{kind} does not answer an interaction of kind {}", known.kind),
        );
    }
    let numbers: Vec<usize> = call.files.iter().map(|(n, _)| *n).collect();
    match kind {
        4 | 7 => bodies::look(&mut check, "data", data, Way::Answer, &numbers),
        5 if !data.is_null() => {
            check.keys("data", data, "flags");
            if data["flags"].as_u64().unwrap_or(0) & !EPHEMERAL != 0 {
                check.add("data.flags", "BITFIELD_TYPE", "Only EPHEMERAL can be set here");
            }
        }
        8 => {
            check.keys("data", data, "choices");
            for (n, choice) in check.list("data.choices", &data["choices"], 0, 25).iter().enumerate() {
                let place = join("data.choices", n);
                check.keys(&place, choice, "name name_localizations value");
                check.needs_text(&join(&place, "name"), &choice["name"], 100);
                if choice["value"].is_string() {
                    check.text(&join(&place, "value"), &choice["value"], 1, 100);
                } else if !choice["value"].is_number() {
                    check.required(&join(&place, "value"));
                }
            }
        }
        9 => components::of_modal(&mut check, "data", data),
        _ => {}
    }
    check.end()?;
    let empty = |key: &str| {
        data[key].as_array().is_none_or(Vec::is_empty) && data[key].as_str().is_none_or(str::is_empty)
    };
    if kind == 4 && empty("content") && empty("embeds") && empty("components") && call.files.is_empty() {
        return Err(Refused::Breach(50_006, "an answer without anything in it".into()));
    }
    Ok(())
}

/// Says something as an answer; its id.
fn say(call: &mut Call<'_>, known: &Interaction, data: &Value) -> String {
    let hidden = data["flags"].as_u64().unwrap_or(0) & EPHEMERAL != 0;
    let only = hidden.then(|| known.user.clone());
    talk::put(call, &known.channel, data, only, Some(known.id.clone()))
}

/// Changes a message.
fn rewrite(call: &mut Call<'_>, channel: &str, id: &str, data: &Value) {
    let Some(mut message) = call.world.channel(channel).message(id).cloned() else { return };
    message.flags = (message.flags & !128) | (data["flags"].as_u64().unwrap_or(0) & !EPHEMERAL);
    talk::fill(call, &mut message, data);
    message.edited += 1;
    message.seen = call.world.next();
    *call.world.channel_mut(channel).message_mut(id).expect("it is there") = message;
}

/// The interaction of the token, while its token lives and once it was answered.
fn alive(call: &Call<'_>) -> Result<Interaction, Refused> {
    let known = call.world.interactions.get(&call.param("webhook_token")).cloned();
    let known = known.filter(|_| call.param("webhook_id") == APP).ok_or(Refused::Says(10_015))?;
    if known.at.secs_until(call.now) > LATER {
        return Err(Refused::Says(50_027));
    }
    if known.answered.is_none() {
        return Err(Refused::Breach(10_015, "a further answer before the first one".into()));
    }
    Ok(known)
}

/// The message that is meant: the first answer, or the one of the path, which must belong to this interaction.
fn meant(call: &Call<'_>, known: &Interaction, own: Option<()>) -> Result<String, Refused> {
    let id = match own {
        None => known.original.clone().ok_or(Refused::Says(10_008))?,
        Some(()) => call.param("message_id"),
    };
    let message = call.world.channel(&known.channel).message(&id).ok_or(Refused::Says(10_008))?;
    let belongs = message.answers.as_deref() == Some(&known.id) || known.message.as_ref() == Some(&id);
    if belongs { Ok(id) } else { Err(Refused::Says(10_008)) }
}

fn get(call: &mut Call<'_>, own: Option<()>) -> Given {
    let known = alive(call)?;
    let id = meant(call, &known, own)?;
    Ok((200, talk::shown(call, &known.channel, &id)))
}

fn change(call: &mut Call<'_>, own: Option<()>) -> Given {
    let known = alive(call)?;
    let id = meant(call, &known, own)?;
    let numbers: Vec<usize> = call.files.iter().map(|(n, _)| *n).collect();
    bodies::of_message(&call.body, Way::Change, &numbers)?;
    let body = call.body.clone();
    rewrite(call, &known.channel, &id, &body);
    if own.is_none() {
        call.world.interactions.get_mut(&known.token).expect("it is alive").loading = false;
    }
    Ok((200, talk::shown(call, &known.channel, &id)))
}

fn delete(call: &mut Call<'_>, own: Option<()>) -> Given {
    let known = alive(call)?;
    let id = meant(call, &known, own)?;
    call.world.channel_mut(&known.channel).message_mut(&id).expect("it is there").deleted = true;
    Ok((204, Value::Null))
}

fn further(call: &mut Call<'_>) -> Given {
    let known = alive(call)?;
    let numbers: Vec<usize> = call.files.iter().map(|(n, _)| *n).collect();
    bodies::of_message(&call.body, Way::Further, &numbers)?;
    let body = call.body.clone();
    // Said right after a deferral, it takes the place of "thinking".
    let id = if known.loading {
        let id = known.original.clone().ok_or(Refused::Says(10_008))?;
        rewrite(call, &known.channel, &id, &body);
        call.world.interactions.get_mut(&known.token).expect("it is alive").loading = false;
        id
    } else {
        say(call, &known, &body)
    };
    let shown = payloads::message(
        call.world,
        call.world.channel(&known.channel),
        call.world.channel(&known.channel).message(&id).ok_or(Refused::Says(10_008))?,
    );
    Ok((200, shown))
}
