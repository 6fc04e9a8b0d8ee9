//! Everything about people, programs and groups in one document. Pulse answers are not in it: a wave shows its fixed
//! tables once it is closed, and nothing before.

use serde::Serialize;

use super::groups::{Group, Member};
use super::meetups::Meetup;
use super::people::{Account, Person};
use super::programs::{Program, RoleRow};
use super::pulses::WaveRow;
use super::tx::all;
use super::workspaces::{Room, Workspace};
use super::{StoreError, Tx};
use crate::domain::ids::{MeetupId, PersonId};
use crate::domain::words::Rsvp;

/// The whole installation.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the fields are the tables of the same names")]
pub struct Export {
    pub workspaces: Vec<Workspace>,
    pub persons: Vec<Person>,
    pub accounts: Vec<Account>,
    pub programs: Vec<Program>,
    pub roles: Vec<RoleRow>,
    pub groups: Vec<Group>,
    pub members: Vec<Member>,
    pub rooms: Vec<Room>,
    pub meetups: Vec<Meetup>,
    pub rsvps: Vec<(MeetupId, PersonId, Rsvp)>,
    pub waves: Vec<WaveRow>,
}

impl Tx {
    /// Reads everything in one unchanging view.
    pub async fn export(&mut self) -> Result<Export, StoreError> {
        Ok(Export {
            workspaces: all!(&mut *self, Workspace, "SELECT * FROM workspaces ORDER BY id")?,
            persons: all!(&mut *self, Person, "SELECT * FROM persons ORDER BY id")?,
            accounts: all!(&mut *self, Account, "SELECT * FROM accounts ORDER BY id")?,
            programs: all!(&mut *self, Program, "SELECT * FROM programs ORDER BY id")?,
            roles: all!(
                &mut *self,
                RoleRow,
                "SELECT program_id, person_id, role FROM roles ORDER BY program_id, person_id, role"
            )?,
            groups: all!(&mut *self, Group, "SELECT * FROM groups ORDER BY id")?,
            members: all!(&mut *self, Member, "SELECT * FROM members ORDER BY group_id, person_id")?,
            rooms: all!(&mut *self, Room, "SELECT * FROM rooms ORDER BY id")?,
            meetups: all!(&mut *self, Meetup, "SELECT * FROM meetups ORDER BY id")?,
            rsvps: all!(
                &mut *self,
                (MeetupId, PersonId, Rsvp),
                "SELECT meetup_id, person_id, answer FROM rsvps ORDER BY meetup_id, person_id"
            )?,
            waves: all!(&mut *self, WaveRow, "SELECT * FROM waves ORDER BY id")?,
        })
    }
}
