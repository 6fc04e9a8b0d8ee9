//! How domain types stand in columns: ids, words and slots as text, instants as 64-bit integers. One generic
//! implementation serves both engines.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};

use crate::domain::civil::{Instant, Slot, Zone};
use crate::domain::ids::{
    AccountId, GroupId, MeetupId, NudgeId, PersonId, PlanId, ProgramId, RoomId, WaveId, WorkspaceId,
};
use crate::domain::words::{
    GroupState, InvitationState, Lead, MeetupState, Need, NudgeKind, NudgeState, OfferState, PlanPurpose,
    PlanState, Presence, ProgramState, ReviewState, Role, Rsvp, TieKind, WaveState, WishKind,
};

macro_rules! text_column {
    ($($type:ty => $write:expr, $read:expr;)+) => {$(
        impl<DB: Database> Type<DB> for $type where String: Type<DB> {
            fn type_info() -> DB::TypeInfo {
                <String as Type<DB>>::type_info()
            }
            fn compatible(info: &DB::TypeInfo) -> bool {
                <String as Type<DB>>::compatible(info)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $type where String: Encode<'q, DB> {
            fn encode_by_ref(
                &self,
                buffer: &mut <DB as Database>::ArgumentBuffer,
            ) -> Result<IsNull, BoxDynError> {
                let write: fn(&$type) -> String = $write;
                <String as Encode<'q, DB>>::encode(write(self), buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $type where String: Decode<'r, DB> {
            fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let read: fn(String) -> Result<$type, BoxDynError> = $read;
                read(<String as Decode<'r, DB>>::decode(value)?)
            }
        }
    )+};
}

macro_rules! id_columns {
    ($($type:ty),+ $(,)?) => {
        text_column!($($type => |id| id.as_str().to_owned(), |text| Ok(<$type>::new(text));)+);
    };
}

macro_rules! word_columns {
    ($($type:ty),+ $(,)?) => {
        text_column!($($type => |word| word.as_str().to_owned(), |text| Ok(text.parse()?);)+);
    };
}

id_columns!(AccountId, GroupId, MeetupId, NudgeId, PersonId, PlanId, ProgramId, RoomId, WaveId, WorkspaceId);
word_columns!(
    GroupState,
    InvitationState,
    Lead,
    MeetupState,
    Need,
    NudgeKind,
    NudgeState,
    OfferState,
    PlanPurpose,
    PlanState,
    Presence,
    ProgramState,
    ReviewState,
    Role,
    Rsvp,
    TieKind,
    WishKind,
    WaveState,
);
text_column!(
    Slot => ToString::to_string, |text| Ok(text.parse()?);
    Zone => |zone| zone.name().to_owned(), |text| Ok(Zone::parse(&text)?);
);

impl<DB: Database> Type<DB> for Instant
where
    i64: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <i64 as Type<DB>>::type_info()
    }
    fn compatible(info: &DB::TypeInfo) -> bool {
        <i64 as Type<DB>>::compatible(info)
    }
}

impl<'q, DB: Database> Encode<'q, DB> for Instant
where
    i64: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buffer: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.as_micros().encode_by_ref(buffer)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Instant
where
    i64: Decode<'r, DB>,
{
    fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self::from_micros(<i64 as Decode<'r, DB>>::decode(value)?))
    }
}
