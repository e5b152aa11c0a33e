//! The regulator's own vocabularies, and reading lists of them that were joined by commas.

/// A kind of service that the regulator registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceType {
    /// The full name, as in the regulator's export.
    pub name: &'static str,
    /// The plain name, as in its public directory.
    pub plain_name: &'static str,
    /// Whether a location in the public directory that gives it is counted as adult social care.
    pub adult_social_care: bool,
}

/// The people whom a service is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceUsers {
    /// The name, as it is kept and shown.
    pub name: &'static str,
    /// How another form of the register writes it; the same where there is no other way.
    pub other_name: &'static str,
}

const fn care(name: &'static str, plain_name: &'static str) -> ServiceType {
    ServiceType { name, plain_name, adult_social_care: true }
}

const fn other(name: &'static str, plain_name: &'static str) -> ServiceType {
    ServiceType { name, plain_name, adult_social_care: false }
}

const fn users(name: &'static str, other_name: &'static str) -> ServiceUsers {
    ServiceUsers { name, other_name }
}

/// All kinds of service, first those of adult social care.
///
/// Where one plain name stands for two kinds (Doctors/GPs), the first of them is meant.
pub const SERVICE_TYPES: &[ServiceType] = &[
    care("Domiciliary care service", "Homecare agencies"),
    care("Supported living service", "Supported living"),
    care("Extra Care housing services", "Supported housing"),
    care("Shared Lives", "Shared lives"),
    care("Care home service without nursing", "Residential homes"),
    care("Care home service with nursing", "Nursing homes"),
    other("Specialist college service", "Specialist college service"),
    other(
        "Community based services for people with a learning disability",
        "Community services - Learning disabilities",
    ),
    other("Community based services for people with mental health needs", "Community services - Mental Health"),
    other("Community based services for people who misuse substances", "Community services - Substance abuse"),
    other("Residential substance misuse treatment and/or rehabilitation service", "Rehabilitation (substance abuse)"),
    other("Rehabilitation services", "Rehabilitation (illness/injury)"),
    other("Long term conditions services", "Long-term conditions"),
    other("Community healthcare service", "Community services - Healthcare"),
    other("Community health care services - Nurses Agency only", "Community services - Nursing"),
    other(
        "Community health care services - Independent Midwives",
        "Community health care services - Independent Midwives",
    ),
    other("Hospice services", "Hospice"),
    other("Hospice services at home", "Home hospice care"),
    other("Doctors treatment service", "Doctors/GPs"),
    other("Doctors consultation service", "Doctors/GPs"),
    other("Mobile doctors service", "Mobile doctors"),
    other("Remote clinical advice service", "Phone/online advice"),
    other("Urgent care services", "Urgent care centres"),
    other("Ambulance service", "Ambulances"),
    other("Dental service", "Dentist"),
    other("Diagnostic and/or screening service", "Diagnosis/screening"),
    other(
        "Diagnostic and/or screening service - single handed sessional providers",
        "Diagnostic and/or screening service - single handed sessional providers",
    ),
    other("Acute services with overnight beds", "Hospital"),
    other("Acute services without overnight beds / listed acute services with or without overnight beds", "Clinic"),
    other(
        "Hospital services for people with mental health needs, learning disabilities and problems with substance misuse",
        "Hospitals - Mental health/capacity",
    ),
    other("Prison Healthcare Services", "Prison healthcare"),
    other("Blood and Transplant service", "Blood and transplant service"),
    other("Hyperbaric Chamber", "Hyperbaric chamber services"),
];

/// All groups of people that the register names.
pub const SERVICE_USERS: &[ServiceUsers] = &[
    users("Caring for adults over 65 yrs", "Caring for adults over 65 yrs"),
    users("Caring for adults under 65 yrs", "Caring for adults under 65 yrs"),
    users("Caring for children", "Caring for children (0 - 18yrs)"),
    users(
        "Caring for people whose rights are restricted under the Mental Health Act",
        "Caring for people whose rights are restricted under the Mental Health Act",
    ),
    users("Dementia", "Dementia"),
    users("Eating disorders", "Eating disorders"),
    users("Learning disabilities or autistic spectrum disorder", "Learning disabilities"),
    users("Mental health conditions", "Mental health conditions"),
    users("Physical disabilities", "Physical disabilities"),
    users("Sensory impairment", "Sensory impairments"),
    users("Services for everyone", "Services for everyone"),
    users("Substance misuse problems", "Substance misuse problems"),
];

/// Sorts of owner, which the public directory sometimes puts among the service types.
pub(super) const OWNERSHIPS: &[&str] = &["Organisation", "Individual", "Partnership", "NHS Body"];

/// Regulated activities (Health and Social Care Act 2008 (Regulated Activities) Regulations 2014, Schedule 1), which the
/// public directory sometimes puts among the groups of people. They say nothing about who is served.
const REGULATED_ACTIVITIES: &[&str] = &[
    "Accommodation for persons who require nursing or personal care",
    "Accommodation for persons who require treatment for substance misuse",
    "Assessment or medical treatment for persons detained under the Mental Health Act 1983",
    "Diagnostic and screening procedures",
    "Family planning services",
    "Management of supply of blood and blood derived products",
    "Maternity and midwifery services",
    "Nursing care",
    "Personal care",
    "Services in slimming clinics",
    "Surgical procedures",
    "Termination of pregnancies",
    "Transport services, triage and medical advice provided remotely",
    "Treatment of disease, disorder or injury",
];

/// The most pieces between commas that one known value may have.
const MOST_PIECES: usize = 4;

/// What a piece of a list turned out to be.
enum Word {
    /// A value to keep, by its proper name.
    Keep(&'static str),
    /// A known word that does not belong into this list.
    LeaveOut,
}

/// The service types of a list joined by commas, by their full names, each once; unknown words stay as they are.
pub(super) fn service_types(list: &str) -> Vec<String> {
    words(list, |text| {
        let known = SERVICE_TYPES.iter().find(|known| same(known.name, text) || same(known.plain_name, text));
        let ownership = || is_one_of(OWNERSHIPS, text).then_some(Word::LeaveOut);
        known.map(|known| Word::Keep(known.name)).or_else(ownership)
    })
}

/// The groups of people of a list joined by commas, by their proper names, each once; unknown words stay as they are.
pub(super) fn service_users(list: &str) -> Vec<String> {
    words(list, |text| {
        let known = SERVICE_USERS.iter().find(|known| same(known.name, text) || same(known.other_name, text));
        let activity = || is_one_of(REGULATED_ACTIVITIES, text).then_some(Word::LeaveOut);
        known.map(|known| Word::Keep(known.name)).or_else(activity)
    })
}

/// Whether one of the service types, by full name, is adult social care.
pub(super) fn any_adult_social_care(types: &[String]) -> bool {
    let care = |name: &str| SERVICE_TYPES.iter().any(|known| known.adult_social_care && known.name == name);
    types.iter().any(|name| care(name))
}

/// Whether one of the service types, by full name, is a care home.
pub(super) fn any_care_home(types: &[String]) -> bool {
    types.iter().any(|name| name.starts_with("Care home service"))
}

/// Takes a list apart. Some values hold commas themselves, so the longest run of pieces that is known goes first.
fn words(list: &str, known: impl Fn(&str) -> Option<Word>) -> Vec<String> {
    let pieces = list.split(',').map(str::trim).filter(|piece| !piece.is_empty());
    let pieces: Vec<&str> = pieces.collect();
    let mut found: Vec<String> = Vec::new();
    let mut rest = pieces.as_slice();
    while let Some(first) = rest.first() {
        let longest = (1..=rest.len().min(MOST_PIECES)).rev();
        let hit = longest.filter_map(|length| Some((length, known(&rest[..length].join(", "))?))).next();
        let (length, word) = match hit {
            Some((length, Word::Keep(name))) => (length, Some(name)),
            Some((length, Word::LeaveOut)) => (length, None),
            None => (1, Some(*first)),
        };
        if let Some(word) = word
            && !found.iter().any(|earlier| earlier == word)
        {
            found.push(word.to_owned());
        }
        rest = &rest[length..];
    }
    found
}

fn same(known: &str, text: &str) -> bool {
    known.eq_ignore_ascii_case(text)
}

fn is_one_of(known: &[&str], text: &str) -> bool {
    known.iter().any(|known| same(known, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_a_service_type_lead_to_one() {
        assert_eq!(
            service_types("Homecare agencies,Supported living,Domiciliary care service"),
            ["Domiciliary care service", "Supported living service"]
        );
        assert_eq!(service_types("Doctors/GPs,Doctors/GPs"), ["Doctors treatment service"]);
        assert!(any_care_home(&service_types("Nursing homes")));
        assert!(any_adult_social_care(&service_types("Dentist, Supported housing")));
        assert!(!any_adult_social_care(&service_types("Doctors/GPs,Clinic")));
    }

    #[test]
    fn values_with_commas_in_them_stay_whole() {
        let hospital = "Hospital services for people with mental health needs, learning disabilities and problems with \
            substance misuse";
        assert_eq!(
            service_types(&format!("Hospice services,{hospital}, Shared Lives")),
            ["Hospice services", hospital, "Shared Lives"]
        );
    }

    #[test]
    fn ownership_and_regulated_activities_are_left_out_and_unknown_words_are_kept() {
        assert_eq!(service_types("Partnership"), Vec::<String>::new());
        assert_eq!(service_types("Organisation, Teleportation"), ["Teleportation"]);
        assert_eq!(
            service_users("Treatment of disease, disorder or injury,Dementia,Sensory impairments,,Elves"),
            ["Dementia", "Sensory impairment", "Elves"]
        );
        assert_eq!(
            service_users("Learning disabilities, Learning Disabilities or autistic spectrum disorder"),
            ["Learning disabilities or autistic spectrum disorder"]
        );
    }

    #[test]
    fn no_known_value_has_more_pieces_than_are_looked_at() {
        let types = SERVICE_TYPES.iter().flat_map(|known| [known.name, known.plain_name]);
        for known in types.chain(REGULATED_ACTIVITIES.iter().copied()) {
            assert!(known.split(',').count() <= MOST_PIECES, "{known}");
        }
    }
}
