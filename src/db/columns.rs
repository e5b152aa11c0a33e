//! How each value type is kept in a column: ids and amounts as whole numbers, words as text.
//!
//! One generic implementation per type serves both engines.

use crate::ids::{
    AgreementId, BudgetId, ComplaintId, ConcernId, DeliveryId, DocumentId, EntryId, ErasureId, ExportId, FileId,
    FundId, GrantId, HoldId, InvoiceId, JobId, MailId, MailedLinkId, MandateId, MandateOfferId, NeedsId, OrderId,
    OrderLineId, OrganisationId, PackageId, PersonId, RateId, RegisterLocationId, ServiceId, SessionId, SignalId,
    UserId, WithholdingId,
};
use crate::money::{BasisPoints, Pence, Quantity, UnitPrice};

/// Lets values of a type stand in queries as expressions of one SQL type, and be read back from rows.
macro_rules! expression {
    ($name:ty, $sql:ty) => {
        impl diesel::expression::AsExpression<$sql> for $name {
            type Expression = diesel::internal::derives::as_expression::Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                diesel::internal::derives::as_expression::Bound::new(self)
            }
        }
        impl<'expr> diesel::expression::AsExpression<$sql> for &'expr $name {
            type Expression = diesel::internal::derives::as_expression::Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                diesel::internal::derives::as_expression::Bound::new(self)
            }
        }
        impl diesel::expression::AsExpression<diesel::sql_types::Nullable<$sql>> for $name {
            type Expression = diesel::internal::derives::as_expression::Bound<diesel::sql_types::Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                diesel::internal::derives::as_expression::Bound::new(self)
            }
        }
        impl<'expr> diesel::expression::AsExpression<diesel::sql_types::Nullable<$sql>> for &'expr $name {
            type Expression = diesel::internal::derives::as_expression::Bound<diesel::sql_types::Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                diesel::internal::derives::as_expression::Bound::new(self)
            }
        }
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Nullable<$sql>, DB> for $name
        where
            DB: diesel::backend::Backend,
            $name: diesel::serialize::ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                <$name as diesel::serialize::ToSql<$sql, DB>>::to_sql(self, out)
            }
        }
        impl<ST, DB> diesel::deserialize::Queryable<ST, DB> for $name
        where
            DB: diesel::backend::Backend,
            ST: diesel::sql_types::SingleValue,
            $name: diesel::deserialize::FromSql<ST, DB>,
        {
            type Row = Self;
            fn build(row: Self::Row) -> diesel::deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}

/// A newtype over a whole number, kept as BIGINT.
macro_rules! whole_number {
    ($($name:ty => $make:expr;)*) => {$(
        crate::db::columns::expression!($name, diesel::sql_types::BigInt);
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for $name
        where
            DB: diesel::backend::Backend,
            i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                <i64 as diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>>::to_sql(self.as_ref(), out)
            }
        }
        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $name
        where
            DB: diesel::backend::Backend,
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                <i64 as diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>>::from_sql(bytes).map($make)
            }
        }
    )*};
}

/// A closed list of words, kept as its code; an unknown code in a row is an error, never a default.
macro_rules! word {
    ($($name:ty;)*) => {$(
        crate::db::columns::expression!($name, diesel::sql_types::Text);
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<diesel::sql_types::Text, DB>>::to_sql(self.code(), out)
            }
        }
        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let code = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(bytes)?;
                <$name>::from_code(&code)
                    .ok_or_else(|| format!("{code:?} is not a {}", stringify!($name)).into())
            }
        }
    )*};
}
pub(crate) use {expression, word};

whole_number! {
    UserId => UserId::new;
    SessionId => SessionId::new;
    OrganisationId => OrganisationId::new;
    crate::ids::BankChangeId => crate::ids::BankChangeId::new;
    crate::ids::RemovalId => crate::ids::RemovalId::new;
    crate::ids::ClaimId => crate::ids::ClaimId::new;
    crate::ids::QuoteRequestId => crate::ids::QuoteRequestId::new;
    crate::ids::QuoteAskId => crate::ids::QuoteAskId::new;
    crate::ids::QuoteAnswerId => crate::ids::QuoteAnswerId::new;
    crate::ids::CriterionId => crate::ids::CriterionId::new;
    crate::ids::ChoiceId => crate::ids::ChoiceId::new;
    crate::ids::ReviewId => crate::ids::ReviewId::new;
    crate::ids::ReviewReplyId => crate::ids::ReviewReplyId::new;
    crate::ids::ServiceFileId => crate::ids::ServiceFileId::new;
    crate::ids::SavedSearchId => crate::ids::SavedSearchId::new;
    crate::ids::CouncilRuleId => crate::ids::CouncilRuleId::new;
    crate::ids::ProviderDocumentId => crate::ids::ProviderDocumentId::new;
    crate::ids::VatAlertId => crate::ids::VatAlertId::new;
    crate::ids::ImportedListingId => crate::ids::ImportedListingId::new;
    PersonId => PersonId::new;
    MandateId => MandateId::new;
    MandateOfferId => MandateOfferId::new;
    FileId => FileId::new;
    GrantId => GrantId::new;
    DocumentId => DocumentId::new;
    BudgetId => BudgetId::new;
    FundId => FundId::new;
    EntryId => EntryId::new;
    RegisterLocationId => RegisterLocationId::new;
    ServiceId => ServiceId::new;
    RateId => RateId::new;
    PackageId => PackageId::new;
    OrderId => OrderId::new;
    OrderLineId => OrderLineId::new;
    AgreementId => AgreementId::new;
    DeliveryId => DeliveryId::new;
    InvoiceId => InvoiceId::new;
    JobId => JobId::new;
    MailId => MailId::new;
    MailedLinkId => MailedLinkId::new;
    NeedsId => NeedsId::new;
    ExportId => ExportId::new;
    WithholdingId => WithholdingId::new;
    HoldId => HoldId::new;
    ErasureId => ErasureId::new;
    ComplaintId => ComplaintId::new;
    ConcernId => ConcernId::new;
    SignalId => SignalId::new;
    Pence => Pence::from_pence;
    UnitPrice => UnitPrice::from_hundredths_of_a_penny;
    Quantity => Quantity::from_hundredths;
    BasisPoints => BasisPoints::from_basis_points;
}
