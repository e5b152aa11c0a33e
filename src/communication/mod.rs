//! How somebody needs to be spoken and written to: communication needs in closed lists, as the Accessible Information
//! Standard (DAPB1605) asks: identified, recorded, flagged, shared, met, reviewed. Versions with a first day, never edited.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::NaiveDate;
use serde::Serialize;

use crate::ids::{NeedsId, PersonId};
use crate::vocabulary;

vocabulary! {
    /// In which form somebody needs what is written.
    Format {
        /// Letters of at least 16 points.
        LargePrint = "large_print", "Large print";
        /// Short sentences with pictures.
        EasyRead = "easy_read", "Easy Read";
        /// Raised dots.
        Braille = "braille", "Braille";
        /// Read aloud on a recording.
        Audio = "audio", "Audio";
        /// A text that a screen reader reads out.
        PlainText = "plain_text", "Plain text for a screen reader";
    }
}

vocabulary! {
    /// How large large print must be.
    PrintSize {
        /// 16 points, the least that is called large print.
        Sixteen = "16", "16 point";
        /// 18 points.
        Eighteen = "18", "18 point";
        /// 20 points.
        Twenty = "20", "20 point";
        /// 24 points.
        TwentyFour = "24", "24 point";
        /// 28 points.
        TwentyEight = "28", "28 point";
    }
}

vocabulary! {
    /// The language in which somebody is at home.
    Language {
        /// English.
        English = "en", "English";
        /// British Sign Language.
        BritishSignLanguage = "bfi", "British Sign Language";
        /// Arabic.
        Arabic = "ar", "Arabic";
        /// Bengali.
        Bengali = "bn", "Bengali";
        /// Cantonese.
        Cantonese = "yue", "Cantonese";
        /// French.
        French = "fr", "French";
        /// Greek.
        Greek = "el", "Greek";
        /// Gujarati.
        Gujarati = "gu", "Gujarati";
        /// Hindi.
        Hindi = "hi", "Hindi";
        /// Italian.
        Italian = "it", "Italian";
        /// Kurdish.
        Kurdish = "ku", "Kurdish";
        /// Lithuanian.
        Lithuanian = "lt", "Lithuanian";
        /// Mandarin.
        Mandarin = "cmn", "Mandarin";
        /// Nepali.
        Nepali = "ne", "Nepali";
        /// Pashto.
        Pashto = "ps", "Pashto";
        /// Persian.
        Persian = "fa", "Persian";
        /// Polish.
        Polish = "pl", "Polish";
        /// Portuguese.
        Portuguese = "pt", "Portuguese";
        /// Punjabi.
        Punjabi = "pa", "Punjabi";
        /// Romanian.
        Romanian = "ro", "Romanian";
        /// Russian.
        Russian = "ru", "Russian";
        /// Somali.
        Somali = "so", "Somali";
        /// Spanish.
        Spanish = "es", "Spanish";
        /// Sylheti.
        Sylheti = "syl", "Sylheti";
        /// Tamil.
        Tamil = "ta", "Tamil";
        /// Turkish.
        Turkish = "tr", "Turkish";
        /// Ukrainian.
        Ukrainian = "uk", "Ukrainian";
        /// Urdu.
        Urdu = "ur", "Urdu";
        /// Vietnamese.
        Vietnamese = "vi", "Vietnamese";
        /// Welsh.
        Welsh = "cy", "Welsh";
        /// One that is not in the list; which one stands in the note.
        Another = "other", "Another language";
    }
}

vocabulary! {
    /// Who must be there so that a talk is understood on both sides.
    Interpreter {
        /// Nobody.
        NotNeeded = "none", "No interpreter";
        /// Somebody who speaks the language.
        Spoken = "spoken", "An interpreter of their language";
        /// Somebody who signs.
        BritishSignLanguage = "bsl", "A British Sign Language interpreter";
        /// Signs in the order of English words.
        SignSupportedEnglish = "sse", "A sign-supported English interpreter";
        /// Key words with signs and symbols.
        Makaton = "makaton", "Somebody who uses Makaton";
        /// Speaks so that lips can be read.
        Lipspeaker = "lipspeaker", "A lipspeaker";
        /// Types what is said.
        SpeechToText = "speech_to_text", "A speech-to-text reporter";
        /// Spells into the hand.
        DeafblindManual = "deafblind_manual", "A deafblind manual interpreter";
    }
}

vocabulary! {
    /// How somebody wants to be reached.
    Contact {
        /// A letter.
        Letter = "letter", "By letter";
        /// A call.
        Telephone = "telephone", "By telephone";
        /// A call through Relay UK.
        TextRelay = "text_relay", "By telephone through Relay UK";
        /// A call in British Sign Language.
        VideoRelay = "video_relay", "By video call in British Sign Language";
        /// A short message.
        TextMessage = "text_message", "By text message";
        /// An e-mail.
        Email = "email", "By e-mail";
        /// Face to face.
        InPerson = "in_person", "In person";
        /// Whoever acts for them is asked first.
        ThroughSomebody = "through_somebody", "Through the person who acts for them";
    }
}

vocabulary! {
    /// What helps in a talk.
    Support {
        /// A longer appointment.
        MoreTime = "more_time", "Needs more time to think and to answer";
        /// Short sentences.
        ShortSentences = "short_sentences", "Say one thing at a time, in short sentences";
        /// The face must be seen.
        LipReading = "lip_reading", "Reads lips: face them, in good light";
        /// A hearing loop.
        HearingLoop = "hearing_loop", "Uses hearing aids: needs a hearing loop or a quiet room";
        /// Read aloud.
        ReadAloud = "read_aloud", "Read papers aloud and explain them";
        /// Symbols, talking mats, a speech device.
        CommunicationAid = "communication_aid", "Uses pictures, symbols or a device to speak";
        /// Written down.
        WrittenDown = "written_down", "Write down what was agreed";
        /// Somebody they trust.
        SomebodyWithThem = "somebody_with_them", "Wants somebody they trust with them";
        /// Touch before speaking.
        TouchFirst = "touch_first", "Deafblind: touch their arm before you speak";
    }
}

/// The name of the box of one value of a list.
#[must_use]
pub fn box_name(list: &str, code: &str) -> String {
    format!("{list}_{code}")
}

/// What somebody needs, in closed lists and one note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// In which forms they need what is written.
    pub formats: Vec<Format>,
    /// How large large print must be; with large print alone.
    pub print_size: Option<PrintSize>,
    /// Pages without tints and patterns behind the text.
    pub plain_background: bool,
    /// The language in which they are at home.
    pub language: Language,
    /// Who must be there.
    pub interpreter: Interpreter,
    /// How they want to be reached; the best ones.
    pub contacts: Vec<Contact>,
    /// What helps in a talk.
    pub supports: Vec<Support>,
    /// What no list says.
    pub note: String,
}

impl Needs {
    /// Somebody of whom nothing is known: English, print of the usual size.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            formats: vec![],
            print_size: None,
            plain_background: false,
            language: Language::English,
            interpreter: Interpreter::NotNeeded,
            contacts: vec![],
            supports: vec![],
            note: String::new(),
        }
    }
}

/// One version of somebody's needs, as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Which.
    pub id: NeedsId,
    /// Whose.
    pub person: PersonId,
    /// What they need.
    pub needs: Needs,
    /// From which day.
    pub from: NaiveDate,
    /// The day on which it was talked through with them.
    pub reviewed_on: NaiveDate,
    /// As what somebody recorded it.
    pub authority: String,
    /// The day on which it was recorded.
    pub recorded_on: NaiveDate,
}

/// What somebody who writes to a person, calls or visits them must know first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Flag {
    /// Whose needs these are.
    pub name: String,
    /// Each need in a line.
    pub says: Vec<String>,
    /// That it has to be talked through again.
    pub review: Option<String>,
    /// Where it is changed, for whoever may see that page.
    pub href: Option<String>,
}
