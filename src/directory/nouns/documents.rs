//! What a provider can show of itself.

use crate::vocabulary;

vocabulary! {
    /// What a document of a provider is.
    DocumentKind {
        /// Public liability insurance.
        Insurance = "insurance", "Public liability insurance";
        /// Insurance for those who work for it.
        EmployersInsurance = "employers_insurance", "Employers’ liability insurance";
        /// The certificate of the regulator.
        Registration = "registration", "Certificate of registration";
        /// How it checks those who work for it (Disclosure and Barring Service).
        DbsPolicy = "dbs_policy", "Policy on criminal-record checks (DBS)";
        /// How it keeps people safe.
        SafeguardingPolicy = "safeguarding_policy", "Safeguarding policy";
        /// How it answers complaints.
        ComplaintsPolicy = "complaints_policy", "Complaints policy";
    }
}
