//! One function for each command. A handler decides and writes in the transaction it is given; it sends nothing:
//! what others must hear is owed as a nudge.

mod admin;
mod applications;
mod basics;
mod change;
mod circles;
mod credentials;
mod desk;
mod edits;
mod groups;
mod home;
mod life;
mod meetups;
mod names;
mod peers;
mod people;
mod profile;
mod programs;
mod proposal;
mod publish;
pub(super) mod pulses;
mod repair;
mod replay;
mod review;
mod roles;
mod rooms;
mod rules;
mod schedule;
mod seeks;
mod shown;
pub(super) mod starters;
mod ties;
mod waves;
mod wishes;

use super::command::{Cmd, Spec};
use super::ctx::Ctx;
use super::parse::Args;
pub(super) use proposal::{Inputs, Made, keep};

use super::request::Outcome;
use crate::domain::words::WishKind;

/// Carries out a command. `filed` tells that the arguments come from a form.
pub(super) async fn run(ctx: &mut Ctx<'_>, spec: &'static Spec, args: &Args, filed: bool) -> Outcome {
    match spec.cmd {
        Cmd::Help => basics::help(ctx, args),
        Cmd::Home => home::home(ctx).await,
        Cmd::About => Ok(basics::about(ctx)),
        Cmd::Glossary => basics::glossary(ctx, args),
        Cmd::Join => people::join(ctx, args).await,
        Cmd::Leave => people::leave(ctx, args).await,
        Cmd::Profile => profile::profile(ctx, args, filed).await,
        Cmd::Charter => people::charter(ctx, args).await,
        Cmd::CharterAccept => people::accept(ctx, args).await,
        Cmd::WishWith => wishes::wish(ctx, args, WishKind::With).await,
        Cmd::WishNot => wishes::wish(ctx, args, WishKind::Not).await,
        Cmd::WishFor => seeks::seek(ctx, args).await,
        Cmd::WishList => wishes::list(ctx, args).await,
        Cmd::WishDrop => wishes::take_back(ctx, args).await,
        Cmd::Inbox => home::inbox(ctx).await,
        Cmd::Snooze => people::snooze(ctx, args).await,
        Cmd::Quiet => people::quiet(ctx, args).await,
        Cmd::Zone => people::zone(ctx, args).await,
        Cmd::Mute => people::mute(ctx, args, true).await,
        Cmd::Unmute => people::mute(ctx, args, false).await,
        Cmd::MeetupNext => meetups::next(ctx).await,
        Cmd::MeetupRsvp => meetups::rsvp(ctx, args).await,
        Cmd::MeetupNeed => meetups::need(ctx, args).await,
        Cmd::MeetupSchedule => schedule::schedule(ctx, args, filed).await,
        Cmd::MeetupMove => meetups::move_to(ctx, args).await,
        Cmd::MeetupCancel => meetups::cancel(ctx, args, filed).await,
        Cmd::MeetupHeld => meetups::held(ctx, args).await,
        Cmd::StarterShow => starters::show(ctx, args).await,
        Cmd::StarterPick => starters::pick(ctx, args).await,
        Cmd::StarterOwn => starters::own(ctx, args).await,
        Cmd::StarterSkip => starters::skip(ctx, args).await,
        Cmd::StarterNever => starters::never(ctx, args).await,
        Cmd::PulsePreview => pulses::preview(ctx, args, filed),
        Cmd::PulseAnswer => pulses::answer(ctx, args, filed).await,
        Cmd::PulseSkip => pulses::skip(ctx, args).await,
        Cmd::PulseOpen => pulses::open(ctx, args).await,
        Cmd::PulseClose => pulses::close(ctx, args).await,
        Cmd::PulseResults => pulses::results(ctx, args).await,
        Cmd::GroupsShow => groups::show(ctx, args).await,
        Cmd::GroupsPeers => peers::peers(ctx, args).await,
        Cmd::GroupsName => names::name(ctx, args, filed).await,
        Cmd::GroupsPreview => groups::preview(ctx, args).await,
        Cmd::GroupsProposal => groups::proposal(ctx, args).await,
        Cmd::GroupsPicture => groups::picture(ctx, args).await,
        Cmd::GroupsStop => groups::stop(ctx, args).await,
        Cmd::GroupsLock => edits::lock(ctx, args).await,
        Cmd::GroupsUnlock => edits::unlock(ctx, args).await,
        Cmd::GroupsMove => edits::move_to(ctx, args).await,
        Cmd::GroupsSwap => edits::swap(ctx, args).await,
        Cmd::GroupsPublish => publish::publish(ctx, args).await,
        Cmd::GroupsRepair => repair::propose_repair(ctx, args).await,
        Cmd::GroupsReplay => replay::replay(ctx, args).await,
        Cmd::GroupsTie => ties::tie(ctx, args).await,
        Cmd::GroupsTies => ties::list(ctx, args).await,
        Cmd::GroupsCircles => circles::circles(ctx, args).await,
        Cmd::GroupsReopen => rooms::reopen(ctx, args).await,
        Cmd::GroupsInvite => rooms::invite(ctx, args).await,
        Cmd::ProgramCreate => programs::create(ctx, args, filed).await,
        Cmd::ProgramShow => programs::show(ctx, args).await,
        Cmd::ProgramSettings => programs::settings(ctx, args, filed).await,
        Cmd::ProgramRules => rules::rules(ctx, args, filed).await,
        Cmd::ProgramOpen => life::open(ctx, args).await,
        Cmd::ProgramPause => life::pause(ctx, args).await,
        Cmd::ProgramResume => life::resume(ctx, args).await,
        Cmd::ProgramClose => life::close(ctx, args).await,
        Cmd::RoleGrant => roles::grant(ctx, args).await,
        Cmd::RoleRevoke => roles::revoke(ctx, args).await,
        Cmd::RoleApply => applications::apply(ctx, args, filed).await,
        Cmd::RoleCredential => credentials::credential(ctx, args, filed).await,
        Cmd::RoleRecord => review::record(ctx, args).await,
        Cmd::RoleWaiting => review::waiting(ctx, args).await,
        Cmd::RoleApprove => review::approve(ctx, args).await,
        Cmd::RoleDecline => review::decline(ctx, args, filed).await,
        Cmd::AdminHealth => admin::health(ctx, args).await,
    }
}
