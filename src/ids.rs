//! One newtype per thing, so that an invoice's id is never taken for a budget's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Makes the newtypes: a number given out by the database, shown in addresses and kept as text in JSON.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// Wraps a number that the database gave out.
            #[must_use]
            pub const fn new(number: i64) -> Self {
                Self(number)
            }

            /// The number as the database keeps it.
            #[must_use]
            pub const fn number(self) -> i64 {
                self.0
            }
        }

        impl AsRef<i64> for $name {
            fn as_ref(&self) -> &i64 {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// Somebody who signs in.
    UserId;
    /// One sign-in on one device.
    SessionId;
    /// A provider, council, broker, holder or trust.
    OrganisationId;
    /// A change of where an organisation is paid.
    BankChangeId;
    /// Somebody lost their second factor, and others ask for it to be taken away.
    RemovalId;
    /// Somebody says that a location of the register is theirs.
    ClaimId;
    /// Something that another feed lists.
    ImportedListingId;
    /// A person who is owed support.
    PersonId;
    /// Somebody's authority to act for a person.
    MandateId;
    /// An offer of such authority, to an e-mail address.
    MandateOfferId;
    /// A file that somebody sent, kept byte for byte.
    FileId;
    /// Access that a council gave to an auditor for a time.
    GrantId;
    /// A paper that was issued, kept byte for byte.
    DocumentId;
    /// One version of a personal budget.
    BudgetId;
    /// A part of a personal budget in one of the six forms.
    FundId;
    /// One balanced entry of the journal.
    EntryId;
    /// A location in the regulator's register.
    RegisterLocationId;
    /// Something a provider sells.
    ServiceId;
    /// A rate of a service from a date on.
    RateId;
    /// A rule of a council about providers.
    CouncilRuleId;
    /// A document that a provider shows.
    ProviderDocumentId;
    /// Something about a provider's VAT to look at.
    VatAlertId;
    /// Services picked against a fund.
    PackageId;
    /// Somebody asks several providers for a quote.
    QuoteRequestId;
    /// One provider is asked.
    QuoteAskId;
    /// What a provider answered.
    QuoteAnswerId;
    /// Something that matters for a quote.
    CriterionId;
    /// What was chosen of several quotes.
    ChoiceId;
    /// A photograph or a document that a provider shows with a service.
    ServiceFileId;
    /// A search that somebody keeps.
    SavedSearchId;
    /// What somebody says of a service that they used.
    ReviewId;
    /// What a provider answered to a review.
    ReviewReplyId;
    /// A package ordered for some weeks.
    OrderId;
    /// One line of an order.
    OrderLineId;
    /// An agreement on who holds a fund and how.
    AgreementId;
    /// Support that was given on a day.
    DeliveryId;
    /// An invoice or a credit note.
    InvoiceId;
    /// Work that waits to be done after a commit.
    JobId;
    /// A mail that was written, sent or not.
    MailId;
    /// A link that was sent by mail.
    MailedLinkId;
    /// One version of what somebody needs when they are spoken or written to.
    NeedsId;
    /// A copy of everything that is kept about a person.
    ExportId;
    /// Something that is held back from copies.
    WithholdingId;
    /// A legal hold.
    HoldId;
    /// That a person's record was erased.
    ErasureId;
    /// A complaint or a dispute.
    ComplaintId;
    /// A safeguarding concern.
    ConcernId;
    /// A signal of financial abuse.
    SignalId;
}
