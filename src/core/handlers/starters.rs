//! Starters: the offer for a meetup is made once, from what the group has heard and needs; the mentor decides.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::Core;
use crate::core::ctx::Ctx;
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{self, starters};
use crate::domain::civil::Instant;
use crate::domain::starters::{
    Choice, Library, Mode, Ready, RecentChallenge, Situation, lead_phase, offer, progress_at, seed_for,
};
use crate::domain::words::{MeetupState, OfferState};
use crate::store::starters::OfferRow;
use crate::store::{StoreError, Tx};

/// A member who heard a starter this long ago may hear it again.
const MEMORY_DAYS: i64 = 730;

/// The choices of an offer.
pub(in crate::core) fn choices_of(offer: &OfferRow) -> Vec<Choice> {
    serde_json::from_str(&offer.choices).unwrap_or_default()
}

/// The offer for a meetup: the one made before, or a new one.
pub(in crate::core) async fn offer_for(
    core: &Core,
    tx: &mut Tx,
    facts: &views::Facts,
    now: Instant,
) -> Result<OfferRow, StoreError> {
    if let Some(offer) = tx.find_offer(&facts.meetup.id).await? {
        return Ok(offer);
    }
    let row = fresh_offer(core, tx, facts, now).await?;
    tx.insert_offer(&row).await?;
    Ok(row)
}

/// What the offer would be now; the same inputs and seed give the same offer later.
async fn fresh_offer(
    core: &Core,
    tx: &mut Tx,
    facts: &views::Facts,
    now: Instant,
) -> Result<OfferRow, StoreError> {
    let situation = situation(core, tx, facts, now).await?;
    let seed = seed_for(facts.group.id.as_str(), facts.meetup.id.as_str());
    let made = offer(&core.content().library, &situation, seed);
    Ok(OfferRow {
        meetup_id: facts.meetup.id.clone(),
        group_id: facts.group.id.clone(),
        choices: serde_json::to_string(&made.choices).unwrap_or_default(),
        state: OfferState::Open,
        picked: None,
        own_text: None,
        decided_by: None,
        offered_at: now,
        decided_at: None,
    })
}

fn days_between(earlier: Instant, later: Instant) -> u32 {
    u32::try_from(earlier.secs_until(later) / 86_400).unwrap_or(0)
}

async fn situation(
    core: &Core,
    tx: &mut Tx,
    facts: &views::Facts,
    now: Instant,
) -> Result<Situation, StoreError> {
    let library = &core.content().library;
    let group = &facts.group.id;
    let meetups = tx.list_meetups_of(group).await?;
    let alive: Vec<_> = meetups.iter().filter(|m| m.state != MeetupState::Cancelled).collect();
    let total = u32::try_from(alive.len()).unwrap_or(1).max(1);
    let at = alive.iter().position(|m| m.id == facts.meetup.id).unwrap_or(0);
    let number = u32::try_from(at).unwrap_or(0) + 1;
    let mode = Mode::from_key(&facts.group.mode).unwrap_or(Mode::Mentor);
    let members = u32::try_from(facts.members.len()).unwrap_or(0);
    let mut s = Situation::first_meetup(group.as_str(), facts.meetup.id.as_str(), total, mode, members);
    s.meetup_number = number;
    s.progress = progress_at(number, total);
    s.lead_phase = lead_phase(number, total);
    s.meetup_theme = Some(facts.meetup.theme.clone()).filter(|theme| !theme.is_empty());
    let heard = tx.list_heard(group).await?;
    let by_members = tx.list_heard_by_members(group, now.minus_days(MEMORY_DAYS)).await?;
    s.heard_by_group = heard.iter().map(|(id, _)| id.clone()).collect();
    s.heard_by_members = by_members.into_iter().map(|(id, n)| (id, u32::try_from(n).unwrap_or(0))).collect();
    s.banned = tx.list_bans(group).await?.into_iter().collect();
    let offers = tx.list_offers_of(group).await?;
    s.skipped = skipped(&offers, now);
    s.offered_themes = offered_themes(library, &offers);
    (s.last_modes, s.last_themes) = latest(library, &heard);
    s.recent_challenges = tx
        .list_needs_of_group(group)
        .await?
        .into_iter()
        .map(|(_, theme, at)| RecentChallenge { theme, age_days: days_between(at, now) })
        .collect();
    s.new_member_joined = newcomer(facts, &alive, at);
    s.new_to_industry = facts.members.iter().any(|(_, person)| !person.new_to.is_empty());
    s.ready = Ready {
        history: !heard.is_empty(),
        challenge: !s.recent_challenges.is_empty() || number > 3,
        goals: number > 2,
        actions: number > 3,
    };
    s.minutes_left = u32::try_from(facts.meetup.minutes).ok();
    Ok(s)
}

/// Whether somebody joined after the meetup before this one.
fn newcomer(facts: &views::Facts, alive: &[&crate::store::meetups::Meetup], at: usize) -> bool {
    at > 0 && facts.members.iter().any(|(member, _)| member.joined_at > alive[at - 1].starts_at)
}

fn skipped(offers: &[OfferRow], now: Instant) -> BTreeMap<String, u32> {
    let mut out = BTreeMap::new();
    for offer in offers {
        let Some(at) = offer.decided_at else { continue };
        for choice in choices_of(offer) {
            if offer.picked.as_deref() != Some(choice.starter.as_str()) {
                out.insert(choice.starter, days_between(at, now));
            }
        }
    }
    out
}

fn offered_themes(library: &Library, offers: &[OfferRow]) -> BTreeSet<String> {
    offers
        .iter()
        .flat_map(choices_of)
        .filter_map(|choice| library.starter(&choice.starter))
        .flat_map(|starter| starter.themes.iter().cloned())
        .collect()
}

fn latest(library: &Library, heard: &[(String, Instant)]) -> (Vec<Mode>, Vec<String>) {
    let starters: Vec<_> = heard.iter().rev().take(3).filter_map(|(id, _)| library.starter(id)).collect();
    let modes = starters.iter().take(2).map(|starter| starter.main_mode()).collect();
    let themes = starters.iter().flat_map(|starter| starter.themes.iter().cloned()).collect();
    (modes, themes)
}

/// The meetup, its offer, and the right to decide about it.
async fn decide(ctx: &mut Ctx<'_>, args: &Args) -> Result<(views::Facts, OfferRow), Failure> {
    let (meetup, group) = ctx.meetup(args.get("meetup")).await?;
    ctx.must_lead(&group, Some(&meetup)).await?;
    if meetup.state != MeetupState::Planned {
        return Err(crate::core::views::refusals::meetup_over().into());
    }
    let facts = views::Facts::read(&mut ctx.tx, &meetup.id).await?;
    let offer = offer_for(ctx.core, &mut ctx.tx, &facts, ctx.now).await?;
    let shared = ctx.tx.list_posts(crate::domain::words::NudgeKind::StarterShare, meetup.id.as_str()).await?;
    if shared.is_empty() { Ok((facts, offer)) } else { Err(starters::too_late().into()) }
}

/// `1`, `2`, `3` or the id of an offered starter.
fn chosen(offer: &OfferRow, word: &str) -> Option<String> {
    let choices = choices_of(offer);
    let by_number = word.parse::<usize>().ok().and_then(|n| choices.get(n.checked_sub(1)?));
    by_number.or_else(|| choices.iter().find(|c| c.starter == word.to_lowercase())).map(|c| c.starter.clone())
}

pub(super) async fn show(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (meetup, group) = ctx.meetup(args.get("meetup")).await?;
    ctx.must_lead(&group, Some(&meetup)).await?;
    let facts = views::Facts::read(&mut ctx.tx, &meetup.id).await?;
    let offer = match ctx.tx.find_offer(&meetup.id).await? {
        Some(offer) => offer,
        None => fresh_offer(ctx.core, &mut ctx.tx, &facts, ctx.now).await?,
    };
    Ok(Reply::Private(starters::offer(ctx.core.content(), &facts, &offer)))
}

pub(super) async fn pick(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (_, mut offer) = decide(ctx, args).await?;
    let word = args.get("choice").unwrap_or_default();
    let library = &ctx.core.content().library;
    let Some(starter) = chosen(&offer, word).and_then(|id| library.starter(&id)) else {
        return Err(starters::not_offered(word).into());
    };
    offer.state = OfferState::Picked;
    offer.picked = Some(starter.id.clone());
    offer.own_text = None;
    save(ctx, offer).await?;
    Ok(Reply::Private(starters::picked(starter)))
}

pub(super) async fn own(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (facts, mut offer) = decide(ctx, args).await?;
    let Some(question) = args.get("question").map(str::trim).filter(|q| !q.is_empty()) else {
        return Ok(Reply::Form(starters::own_form(&facts.meetup)));
    };
    offer.state = OfferState::Own;
    offer.picked = None;
    offer.own_text = Some(question.chars().take(300).collect());
    save(ctx, offer).await?;
    Ok(Reply::Private(starters::own_noted()))
}

pub(super) async fn skip(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (_, mut offer) = decide(ctx, args).await?;
    offer.state = OfferState::Skipped;
    offer.picked = None;
    offer.own_text = None;
    save(ctx, offer).await?;
    Ok(Reply::Private(starters::skipped()))
}

pub(super) async fn never(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let (facts, offer) = decide(ctx, args).await?;
    let word = args.get("starter").unwrap_or_default();
    let library = &ctx.core.content().library;
    let Some(starter) = chosen(&offer, word).and_then(|id| library.starter(&id)) else {
        return Err(starters::not_offered(word).into());
    };
    let (me, now) = (ctx.me.id.clone(), ctx.now);
    ctx.tx.insert_ban(&facts.group.id, &starter.id, &me, now).await?;
    let mut rest = choices_of(&offer);
    rest.retain(|choice| choice.starter != starter.id);
    let mut offer = offer;
    offer.choices = serde_json::to_string(&rest).unwrap_or_default();
    if offer.picked.as_deref() == Some(starter.id.as_str()) {
        offer.picked = None;
        offer.state = OfferState::Open;
    }
    ctx.tx.mark_offer(&offer).await?;
    Ok(Reply::Private(starters::banned(starter)))
}

async fn save(ctx: &mut Ctx<'_>, mut offer: OfferRow) -> Result<(), Failure> {
    offer.decided_by = Some(ctx.me.id.clone());
    offer.decided_at = Some(ctx.now);
    Ok(ctx.tx.mark_offer(&offer).await?)
}
