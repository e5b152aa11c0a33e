//! The closed lists of this module: besides code and words they are read back from JSON and shown in sentences.

/// Declares an enum whose variants each have a code (database, JSON, forms) and words (pages).
macro_rules! vat_vocabulary {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $($(#[$variant_about:meta])* $variant:ident = $code:literal, $words:literal;)+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_about])* $variant,)+
        }

        impl $name {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The code that stands for it in the database, in JSON and in forms.
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }

            /// What it is called on a page.
            pub const fn words(self) -> &'static str {
                match self { $($name::$variant => $words),+ }
            }

            /// Reads a code, if it is one.
            pub fn parse(code: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }

            /// The value of a code kept in a column, as every closed list of the house offers it.
            pub fn from_code(code: &str) -> Option<$name> {
                $name::parse(code)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.words())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                $name::parse(&code).ok_or_else(|| {
                    let known: Vec<&str> = Self::ALL.iter().map(|one| one.code()).collect();
                    serde::de::Error::custom(format!("{code:?} is not one of {}", known.join(", ")))
                })
            }
        }
    };
}
