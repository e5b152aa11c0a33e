//! A location as it is kept: what no file has carried yet is left out, so that "not carried" stays apart from "known to
//! be empty" for the next file.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Carried;

impl<T: Serialize> Serialize for Carried<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // Fields that are silent are left out; alone, nothing is the nearest that JSON has.
            Carried::NotCarried => serializer.serialize_none(),
            Carried::Known(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Carried<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Carried::Known)
    }
}
