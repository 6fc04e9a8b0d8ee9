//! Who may run what. Anything not allowed here is refused; a check on the program itself follows in the handler,
//! and again when something planned is carried out.

use crate::domain::ids::ProgramId;
use crate::domain::words::Role;
use crate::store::programs::RoleRow;

/// Who may run a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Everybody in the workspace.
    Anyone,
    /// Participants, mentors and coaches of some program.
    Member,
    /// Members of some group.
    InGroup,
    /// Mentors and staff; with rotating lead also the host.
    LeadsGroup,
    /// Staff of some program.
    Staff,
    /// Staff and sponsors.
    StaffOrSponsor,
    /// Staff, and administrators of the workspace.
    StaffOrAdmin,
    /// Administrators of the workspace.
    Admin,
}

/// What a person is, as far as access goes.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Whether the platform calls the account an administrator.
    pub admin: bool,
    /// Every role in every program.
    pub roles: Vec<RoleRow>,
    /// Whether the person is in an open group.
    pub in_group: bool,
    /// Whether the person mentors an open group, or hosts in one whose participants lead in turn.
    pub leads: bool,
}

impl Standing {
    /// Whether the person holds a role anywhere.
    pub fn is(&self, role: Role) -> bool {
        self.roles.iter().any(|row| row.role == role)
    }

    /// Whether the person holds a role in a program.
    pub fn is_in(&self, program: &ProgramId, role: Role) -> bool {
        self.roles.iter().any(|row| row.role == role && row.program_id == *program)
    }

    /// Whether a command of this kind may be run at all.
    pub fn may(&self, who: Who) -> bool {
        match who {
            Who::Anyone => true,
            Who::Member => [Role::Participant, Role::Mentor, Role::Coach].iter().any(|role| self.is(*role)),
            Who::InGroup => self.in_group,
            Who::LeadsGroup => self.leads || self.is(Role::Staff),
            Who::Staff => self.is(Role::Staff),
            Who::StaffOrSponsor => self.is(Role::Staff) || self.is(Role::Sponsor),
            Who::StaffOrAdmin => self.is(Role::Staff) || self.admin,
            Who::Admin => self.admin,
        }
    }
}
