//! What is known about one meetup when words about it are chosen.

use crate::content::Content;
use crate::domain::ids::{MeetupId, PersonId};
use crate::domain::quorum::Quorum;
use crate::domain::words::{Role, Rsvp};
use crate::store::groups::{Group, Member};
use crate::store::meetups::Meetup;
use crate::store::people::Person;
use crate::store::{StoreError, Tx};

/// A meetup with everything around it.
#[derive(Debug, Clone)]
pub(in crate::core) struct Facts {
    pub(in crate::core) meetup: Meetup,
    pub(in crate::core) group: Group,
    pub(in crate::core) members: Vec<(Member, Person)>,
    pub(in crate::core) answers: Vec<(PersonId, Rsvp)>,
}

impl Facts {
    /// Reads a meetup with its group, program, members and answers.
    pub(in crate::core) async fn read(tx: &mut Tx, id: &MeetupId) -> Result<Self, StoreError> {
        let meetup = tx.get_meetup(id).await?;
        let group = tx.get_group(&meetup.group_id).await?;
        let answers = tx.list_rsvps(id).await?;
        let members = tx.list_members_with_persons(&meetup.group_id).await?;
        Ok(Self { meetup, group, members, answers })
    }

    /// What a person is in the group; `None` when not in it.
    pub(in crate::core) fn role_of(&self, person: &PersonId) -> Option<Role> {
        self.members.iter().find(|(member, _)| member.person_id == *person).map(|(member, _)| member.role)
    }

    /// A person's answer.
    pub(in crate::core) fn answer_of(&self, person: &PersonId) -> Option<Rsvp> {
        self.answers.iter().find(|(id, _)| id == person).map(|(_, answer)| *answer)
    }

    /// Who can still come.
    pub(in crate::core) fn quorum(&self) -> Quorum {
        Quorum::count(self.members.iter().map(|(m, _)| (m.role, self.answer_of(&m.person_id))))
    }

    /// Names of the members who answered so.
    pub(in crate::core) fn names_with(&self, answer: Rsvp) -> Vec<&str> {
        self.members
            .iter()
            .filter(|(member, _)| self.answer_of(&member.person_id) == Some(answer))
            .map(|(_, person)| person.name.as_str())
            .collect()
    }

    /// Title of the meetup's theme.
    pub(in crate::core) fn theme<'a>(&'a self, content: &'a Content) -> &'a str {
        content.library.meetup(&self.meetup.theme).map_or(self.meetup.theme.as_str(), |theme| &theme.title)
    }

    /// Name of the host, or of the mentors.
    pub(in crate::core) fn led_by(&self) -> String {
        let host = self.meetup.host_id.as_ref();
        if let Some((_, person)) = self.members.iter().find(|(m, _)| Some(&m.person_id) == host) {
            return person.name.clone();
        }
        if self.meetup.lead == crate::domain::words::Lead::Shared {
            return "everybody together".to_owned();
        }
        let mentors: Vec<&str> = self
            .members
            .iter()
            .filter(|(member, _)| member.role == Role::Mentor)
            .map(|(_, person)| person.name.as_str())
            .collect();
        if mentors.is_empty() { "nobody yet".to_owned() } else { super::list(&mentors) }
    }
}
