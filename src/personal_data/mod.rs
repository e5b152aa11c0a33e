//! Personal data: a person's copy of everything that is kept about them, made in the background, with nothing of another
//! person in it; what is kept for how long, and what is erased when its time is over.

pub mod collecting;
pub mod forms;
pub mod handlers;
pub mod making;
pub mod pack;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::ids::{ExportId, PersonId, UserId, WithholdingId};
use crate::vocabulary;

/// How long a finished copy can be fetched.
pub const KEPT: TimeDelta = TimeDelta::days(7);

vocabulary! {
    /// As what somebody asks for a copy.
    Purpose {
        /// The person, for themselves.
        Own = "own", "asked for by the person";
        /// Somebody who acts for them and sees all of it.
        Mandate = "mandate", "asked for by somebody who acts for the person";
        /// The council answers a subject access request.
        SubjectAccess = "subject_access", "made by the council for a subject access request";
    }
}

vocabulary! {
    /// How far the making of a copy has come.
    Status {
        /// Nobody has begun.
        Asked = "asked", "waits to be made";
        /// It is being made.
        Making = "making", "is being made";
        /// It can be fetched.
        Ready = "ready", "is ready";
        /// Its time is over; the file is deleted.
        Gone = "gone", "is deleted";
    }
}

vocabulary! {
    /// Why something may be held back (Data Protection Act 2018, Schedules 2 and 3).
    Ground {
        /// It would be likely to cause serious harm to somebody's health (Schedule 3 Part 2).
        SeriousHarm = "serious_harm", "It would be likely to harm somebody seriously";
        /// It tells of another person who has not agreed, and taking out the name does not hide who it is (Schedule 2 Part 3).
        ThirdParty = "third_party", "It tells of another person, and taking out the name is not enough";
    }
}

/// A copy that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Which.
    pub id: ExportId,
    /// Of whose record.
    pub person: PersonId,
    /// As what it was asked for.
    pub purpose: Purpose,
    /// Who asked.
    pub asked_by: UserId,
    /// As what, in words.
    pub authority: String,
    /// The day on which a subject access request was received.
    pub received_on: Option<NaiveDate>,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// How far it has come.
    pub status: Status,
    /// Steps of the making that are done.
    pub steps_done: i64,
    /// When it was ready.
    pub ready_at: Option<DateTime<Utc>>,
    /// How many items are held back in it.
    pub held_back: i64,
}

impl Export {
    /// Who it is made for, when it is somebody who acts for the person: they get no more than they may see.
    #[must_use]
    pub fn acting(&self) -> Option<UserId> {
        (self.purpose == Purpose::Mandate).then_some(self.asked_by)
    }

    /// The moment from which it can no longer be fetched.
    #[must_use]
    pub fn until(&self) -> Option<DateTime<Utc>> {
        self.ready_at.map(|ready| ready + KEPT)
    }
}

/// Something that the council holds back from copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withholding {
    /// Which.
    pub id: WithholdingId,
    /// In which table it stands.
    pub table: String,
    /// Its number there.
    pub row: i64,
    /// On what ground.
    pub ground: Ground,
    /// Why, in the officer's words.
    pub reason: String,
    /// As what somebody decided it.
    pub authority: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was given up again.
    pub lifted_at: Option<DateTime<Utc>>,
}

/// A text of somebody else's writing in which another person was named and taken out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// In which table it stands.
    pub table: String,
    /// Its number there.
    pub row: i64,
    /// In which column.
    pub column: String,
}
