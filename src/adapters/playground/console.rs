//! The same room in a terminal, and from a script. A script is a list of lines; its transcript holds no machine
//! names and no ambient time, so it can be compared word by word.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::room::direct_room;
use super::{LOBBY, PLATFORM, Playground, Post, WORKSPACE, Wrong};
use crate::chat::plain::Reader;
use crate::chat::{Action, Form};
use crate::core::command::ROOT;
use crate::core::directory::Listed;
use crate::domain::civil::Zone;

/// One person at a keyboard.
#[derive(Debug)]
pub struct Console<'a> {
    playground: &'a Playground,
    me: Option<Listed>,
    room: String,
    form: Option<Form>,
    shown: BTreeMap<String, String>,
}

/// What the console understands besides talk and commands.
pub const HELP: &str = "\
/mentor help          what you can do as this person
any other line        is said in the room
as NAME               become somebody else
people                who is here
room NAME             go to a room, or to bot for your direct messages
rooms                 your rooms, with unread counts
read                  show what is new in the room
press LABEL           press a button of the latest message that has it
choose LABEL = ENTRY  choose from a list, or pick a date and time
fill FIELD = VALUE    fill a field of the open form
send                  file the open form
drop                  put the open form away
demo                  start with the demo council
turn 3 days           turn the clock (minutes, hours, days, weeks)
next                  turn the clock to the next thing that happens
clock                 what time it is
quit                  stop";

impl<'a> Console<'a> {
    /// A console in the lobby, as nobody yet.
    pub const fn new(playground: &'a Playground) -> Self {
        Self { playground, me: None, room: String::new(), form: None, shown: BTreeMap::new() }
    }

    /// Carries out one line and gives what is to be printed; `None` ends the session.
    pub async fn line(&mut self, line: &str) -> Result<Option<String>, Wrong> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(Some(String::new()));
        }
        let (word, rest) = line.split_once(' ').map_or((line, ""), |(word, rest)| (word, rest.trim()));
        let out = match word {
            "quit" | "exit" => return Ok(None),
            "?" | "help" => HELP.to_owned(),
            "demo" => {
                self.playground.start_demo().await?;
                "The demo council is here. Become somebody with: as marta".to_owned()
            }
            "people" => self.people().await?,
            "as" => self.become_somebody(rest).await?,
            "room" => self.go(rest).await?,
            "rooms" => self.rooms().await?,
            "read" => self.news().await?,
            "clock" => self.time(),
            "turn" => self.turn(rest).await?,
            "next" => self.next().await?,
            "press" => self.press(rest).await?,
            "choose" => self.choose(rest).await?,
            "fill" => self.fill(rest)?,
            "send" => self.send().await?,
            "drop" => {
                self.form = None;
                String::new()
            }
            _ => self.say(line).await?,
        };
        Ok(Some(out))
    }

    fn reader(&self) -> Reader {
        let zone = self.me.as_ref().and_then(|me| Zone::parse(&me.zone).ok()).unwrap_or_else(Zone::utc);
        Reader { zone, now: self.playground.now(), root: ROOT.to_owned() }
    }

    fn me(&self) -> Result<&Listed, Wrong> {
        self.me.as_ref().ok_or_else(|| wrong("You are nobody yet. Become somebody with: as NAME"))
    }

    async fn listed(&self) -> Result<Vec<Listed>, Wrong> {
        Ok(self.playground.core().directory(PLATFORM, WORKSPACE).await?)
    }

    async fn people(&self) -> Result<String, Wrong> {
        let mut out = String::new();
        for p in self.listed().await? {
            let _ = writeln!(out, "{}: {}, {} {} {}", p.account, p.name, p.organisation, p.zone, p.title);
        }
        Ok(out.trim_end().to_owned())
    }

    async fn become_somebody(&mut self, name: &str) -> Result<String, Wrong> {
        let lower = name.to_lowercase();
        let person = self
            .listed()
            .await?
            .into_iter()
            .find(|p| p.account == lower || p.name.to_lowercase() == lower)
            .ok_or_else(|| wrong("Nobody by that name is here. See: people"))?;
        let words = format!("You are {}.", person.name);
        LOBBY.clone_into(&mut self.room);
        self.me = Some(person);
        Ok(words)
    }

    async fn go(&mut self, name: &str) -> Result<String, Wrong> {
        let me = self.me()?.account.clone();
        if name == "bot" {
            self.room = direct_room(&me);
            return self.news().await;
        }
        let rooms = self.playground.rooms(&me).await?;
        let room = rooms.into_iter().find(|room| room.name == name || room.id == name);
        self.room = room.ok_or_else(|| wrong("You are in no room of that name. See: rooms"))?.id;
        self.news().await
    }

    async fn rooms(&self) -> Result<String, Wrong> {
        let mut out = String::new();
        for room in self.playground.rooms(&self.me()?.account).await? {
            let _ = writeln!(out, "{} ({}), {} new", room.name, room.kind, room.unread);
        }
        Ok(out.trim_end().to_owned())
    }

    /// What this person has not seen of the room.
    async fn news(&mut self) -> Result<String, Wrong> {
        let me = self.me()?.account.clone();
        let (posts, _) = self.playground.messages(&me, &self.room, None).await?;
        let key = format!("{me} {}", self.room);
        let seen = self.shown.get(&key).cloned().unwrap_or_default();
        let fresh: Vec<&Post> = posts.iter().filter(|post| post.id > seen).collect();
        let out = fresh.iter().map(|post| self.post(post)).collect::<Vec<_>>().join("\n");
        if let Some(last) = posts.last() {
            self.playground.read(&me, &self.room, &last.id).await?;
            self.shown.insert(key, last.id.clone());
        }
        Ok(if out.is_empty() { "(nothing new)".to_owned() } else { out })
    }

    fn post(&self, post: &Post) -> String {
        let private = if post.private { " (only you see this)" } else { "" };
        let reader = self.reader();
        let at = reader.zone.civil(post.at).strftime("%a %-d %b, %H:%M").to_string();
        let body: Vec<String> =
            reader.message(&post.message).lines().map(|line| format!("  {line}")).collect();
        format!("{at} {}{private}\n{}", post.name, body.join("\n"))
    }

    async fn say(&mut self, text: &str) -> Result<String, Wrong> {
        let me = self.me()?.account.clone();
        let said = self.playground.say(&me, &self.room, text).await?;
        self.shown_after(said.form).await
    }

    /// The open form, or what is new in the room.
    async fn shown_after(&mut self, form: Option<Form>) -> Result<String, Wrong> {
        self.form = form;
        match &self.form {
            Some(form) => Ok(self.reader().form(form)),
            None => self.news().await,
        }
    }

    async fn press(&mut self, label: &str) -> Result<String, Wrong> {
        let found = self.find_action(|action| match action {
            Action::Button { label: own, command, .. } if own == label => Some(command.clone()),
            _ => None,
        });
        let Some((message, command)) = found.await? else {
            return Err(wrong("No message here has that button."));
        };
        let me = self.me()?.account.clone();
        let said = self.playground.press(&me, &self.room, &message, &command).await?;
        self.shown_after(said.form).await
    }

    async fn choose(&mut self, rest: &str) -> Result<String, Wrong> {
        let (label, entry) =
            rest.split_once('=').ok_or_else(|| wrong("Write it as: choose LABEL = ENTRY"))?;
        let (label, entry) = (label.trim(), entry.trim());
        let found = self.find_action(|action| match action {
            Action::Select { label: own, command, options } if own == label => {
                let option = options.iter().find(|o| o.label == entry || o.value == entry)?;
                Some(format!("{command} {}", option.value))
            }
            Action::DateTime { label: own, command } if own == label => Some(format!("{command} {entry}")),
            _ => None,
        });
        let Some((message, command)) = found.await? else {
            return Err(wrong("No message here offers that."));
        };
        let me = self.me()?.account.clone();
        let said = self.playground.press(&me, &self.room, &message, &command).await?;
        self.shown_after(said.form).await
    }

    /// The latest message in the room with a fitting action.
    async fn find_action(
        &self,
        fits: impl Fn(&Action) -> Option<String>,
    ) -> Result<Option<(String, String)>, Wrong> {
        let (posts, _) = self.playground.messages(&self.me()?.account, &self.room, None).await?;
        Ok(posts.iter().rev().find_map(|post| {
            post.message.all_actions().find_map(&fits).map(|command| (post.id.clone(), command))
        }))
    }

    fn fill(&mut self, rest: &str) -> Result<String, Wrong> {
        let (name, value) = rest.split_once('=').ok_or_else(|| wrong("Write it as: fill FIELD = VALUE"))?;
        let form = self.form.as_mut().ok_or_else(|| wrong("No form is open."))?;
        let field = form.fields.iter_mut().find(|field| field.name == name.trim());
        let field = field.ok_or_else(|| wrong("The form has no such field."))?;
        value.trim().clone_into(&mut field.value);
        Ok(String::new())
    }

    async fn send(&mut self) -> Result<String, Wrong> {
        let form = self.form.clone().ok_or_else(|| wrong("No form is open."))?;
        let values = form.fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
        let me = self.me()?.account.clone();
        let said = self.playground.submit(&me, &self.room, &form.command, values).await?;
        self.shown_after(said.form).await
    }

    fn time(&self) -> String {
        self.reader().time(self.playground.now(), crate::chat::TimeStyle::DateTime)
    }

    async fn turn(&mut self, rest: &str) -> Result<String, Wrong> {
        let seconds = read_span(rest).ok_or_else(|| wrong("Write it as: turn 3 days"))?;
        self.playground.advance(seconds).await?;
        Ok(self.time())
    }

    async fn next(&mut self) -> Result<String, Wrong> {
        let what = self.playground.what_next().await?.map(|next| next.what);
        self.playground.next_thing().await?;
        Ok(match what {
            Some(what) => format!("{}: {what}.", self.time()),
            None => "Nothing is planned.".to_owned(),
        })
    }
}

fn wrong(words: &str) -> Wrong {
    Wrong::Refused(words.to_owned())
}

/// `3 days`, `2 weeks`, `30 minutes` in seconds.
fn read_span(text: &str) -> Option<i64> {
    let (number, unit) = text.split_once(' ')?;
    let unit = match unit.trim().trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        "week" => 604_800,
        _ => return None,
    };
    number.parse::<i64>().ok().filter(|n| (0..=10_000).contains(n)).map(|n| n * unit)
}

#[cfg(test)]
mod tests {
    use super::read_span;

    #[test]
    fn spans_of_time_are_read_in_words() {
        assert_eq!(read_span("3 days"), Some(259_200));
        assert_eq!(read_span("1 week"), Some(604_800));
        assert_eq!(read_span("-1 days"), None);
        assert_eq!(read_span("soon"), None);
    }
}
