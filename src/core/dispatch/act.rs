//! What the core does by itself when its time comes: opening and closing pulses, and settling which starter a group
//! gets. Everything happens in the dispatcher's transaction, so a crash leaves it undone and it is done again.

use super::look::{Effect, Look};
use crate::chat::Message;
use crate::core::Core;
use crate::core::handlers::{pulses, starters};
use crate::core::views;
use crate::domain::civil::Instant;
use crate::domain::ids::WaveId;
use crate::domain::words::{NudgeKind, OfferState, WaveState};
use crate::store::nudges::Nudge;
use crate::store::programs::Program;
use crate::store::{StoreError, Tx};

impl Core {
    /// Carries out an internal nudge.
    pub(super) async fn act(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
        program: Option<&Program>,
        now: Instant,
    ) -> Result<Look, StoreError> {
        let Some(program) = program else { return Ok(Look::Skip("it belongs to no programme".to_owned())) };
        let Some(mut wave) = tx.find_wave(&WaveId::new(nudge.subject.clone())).await? else {
            return Ok(Look::Skip("the pulse is no longer planned".to_owned()));
        };
        match nudge.kind {
            NudgeKind::PulseOpen if wave.state == WaveState::Planned => {
                if now > wave.opens_at.plus_days(1) {
                    // A pause or a stop lay over its day: it opens late, with its whole window.
                    pulses::open_from(&mut wave, program, now);
                }
                pulses::open_wave(self, tx, program, wave, now).await?;
                Ok(Look::Done)
            }
            NudgeKind::PulseClose if wave.state == WaveState::Open => {
                pulses::close_wave(self, tx, program, wave).await?;
                Ok(Look::Done)
            }
            _ => Ok(Look::Skip("it was done already".to_owned())),
        }
    }

    /// The offer of starters for a meetup, made once; `None` when it has been decided.
    pub(super) async fn offered_starters(
        &self,
        tx: &mut Tx,
        facts: &views::Facts,
        now: Instant,
    ) -> Result<Option<Message>, StoreError> {
        let offer = starters::offer_for(self, tx, facts, now).await?;
        Ok((offer.state == OfferState::Open).then(|| views::starters::offer(self.content(), facts, &offer)))
    }

    /// The words for the room; silence of the mentor means the first choice.
    pub(super) async fn shared_starter(
        &self,
        tx: &mut Tx,
        facts: &views::Facts,
        now: Instant,
    ) -> Result<Option<(Message, Effect)>, StoreError> {
        let mut offer = starters::offer_for(self, tx, facts, now).await?;
        if offer.state == OfferState::Open {
            let first = starters::choices_of(&offer).into_iter().next();
            let Some(first) = first else { return Ok(None) };
            offer.state = OfferState::Picked;
            offer.picked = Some(first.starter);
            offer.decided_at = Some(now);
            tx.mark_offer(&offer).await?;
        }
        Ok(match (offer.state, &offer.picked, &offer.own_text) {
            (OfferState::Picked, Some(id), _) => {
                let Some(starter) = self.content().library.starter(id) else { return Ok(None) };
                let effect = Effect::Heard {
                    group: facts.group.id.clone(),
                    starter: id.clone(),
                    meetup: facts.meetup.id.clone(),
                };
                Some((views::starters::share(self.content(), facts, starter), effect))
            }
            (OfferState::Own, _, Some(text)) => Some((views::starters::share_own(facts, text), Effect::None)),
            _ => None,
        })
    }
}
