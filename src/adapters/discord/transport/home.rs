//! The channel of a server in which its rooms are made: the one that was chosen, otherwise one called "mentoring".
//! Invariant: a server gets at most one such channel from us, however often its making is cut short.

use serde_json::{Value, json};
use serenity::model::id::GuildId;

use super::call::{Call, Route};
use super::courier::{Courier, id, id_in};
use super::fault::code;
use super::rooms::Failure;

/// What a channel is called that nobody chose.
const NAME: &str = "mentoring";
/// Discord's kind of a channel of text.
const TEXT: u64 = 0;

/// The channel in which rooms are made; looks for one, or makes one, when none is known.
pub async fn channel(courier: &Courier, guild: &str) -> Result<String, Failure> {
    let known = {
        let mut tx = courier.store.read().await?;
        tx.find_home_channel(guild).await?
    };
    if let Some(known) = known {
        return Ok(known);
    }
    let guild_id = id::<GuildId>(guild)?;
    let all = courier.rest.call(Call::get(Route::GuildChannels { guild_id })).await?;
    let found = match called(&all) {
        Some(found) => found,
        None => make(courier, guild_id).await?,
    };
    remember(courier, guild, &found).await?;
    Ok(found)
}

/// Remembers the channel in which a server's rooms are made.
pub async fn remember(courier: &Courier, guild: &str, channel: &str) -> Result<(), Failure> {
    let mut tx = courier.store.begin().await?;
    tx.mark_home_channel(guild, channel).await?;
    Ok(tx.commit().await?)
}

/// The channel is not there any more.
pub async fn forget(courier: &Courier, guild: &str) -> Result<(), Failure> {
    let mut tx = courier.store.begin().await?;
    tx.delete_home_channel(guild).await?;
    Ok(tx.commit().await?)
}

fn called(channels: &Value) -> Option<String> {
    let mut texts = channels.as_array()?.iter().filter(|channel| channel["type"] == TEXT);
    texts.find(|channel| channel["name"] == NAME)?["id"].as_str().map(str::to_owned)
}

async fn make(courier: &Courier, guild_id: GuildId) -> Result<String, Failure> {
    let topic = "Mentoring groups meet here, each in a private thread that only its members see.";
    let body = json!({ "name": NAME, "type": TEXT, "topic": topic });
    match courier.rest.call(Call::post(Route::GuildChannels { guild_id }, body)).await {
        Ok(answer) => Ok(id_in(&answer, "channel")?),
        Err(error) if error.is_any(&[code::NO_PERMISSION, code::NO_ACCESS, code::TOO_MANY_CHANNELS]) => {
            Err(Failure::Stuck(format!(
                "There is no channel in which the groups' rooms can be made, and the bot may not make one ({error}). \
                 Choose a channel with /mentor setup, or make a text channel called \"{NAME}\" that the bot \
                 sees; then open the room again."
            )))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_channel_of_text_with_that_name_is_taken() {
        let channels = json!([
            { "id": "1", "name": "mentoring", "type": 2 },
            { "id": "2", "name": "general", "type": 0 },
            { "id": "3", "name": "mentoring", "type": 0 },
        ]);
        assert_eq!(called(&channels).as_deref(), Some("3"));
        assert_eq!(called(&json!([])), None);
        assert_eq!(called(&json!({ "message": "no list" })), None);
    }
}
