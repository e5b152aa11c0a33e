//! What is said of a service in all: never from a few alone, who could be known by it.

use crate::directory::{Marks, ShownReview};

/// From so many people on there is an average.
pub const ENOUGH: usize = 3;

/// The average of each question, in tenths, once there are enough; half a tenth counts as one.
#[must_use]
pub fn averages(shown: &[ShownReview]) -> Option<Marks> {
    if shown.len() < ENOUGH {
        return None;
    }
    let count = i64::try_from(shown.len()).ok()?;
    let mut averages = [0; 4];
    for (place, average) in averages.iter_mut().enumerate() {
        let sum: i64 = shown.iter().filter_map(|review| review.marks.get(place)).sum();
        *average = (20 * sum + count).div_euclid(2 * count);
    }
    Some(averages)
}

/// Tenths as they are read: "4.3 of 5".
#[must_use]
pub fn average_words(tenths: i64) -> String {
    format!("{}.{} of 5", tenths.div_euclid(10), tenths.rem_euclid(10))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::ids::{PersonId, ReviewId};

    fn review(id: i64, marks: Marks) -> ShownReview {
        let on = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        ShownReview { id: ReviewId::new(id), person: PersonId::new(id), marks, words: String::new(), on, reply: None }
    }

    #[test]
    fn there_is_no_average_of_a_few() {
        let two = [review(1, [5, 5, 5, 5]), review(2, [1, 1, 1, 1])];
        assert_eq!(averages(&two), None);
        let three = [review(1, [5, 4, 5, 1]), review(2, [4, 4, 5, 1]), review(3, [4, 5, 5, 2])];
        assert_eq!(averages(&three), Some([43, 43, 50, 13]));
        assert_eq!([43, 50].map(average_words), ["4.3 of 5", "5.0 of 5"]);
        let four = [review(1, [5; 4]), review(2, [4; 4]), review(3, [4; 4]), review(4, [4; 4])];
        assert_eq!(averages(&four), Some([43; 4]), "4.25 is read as 4.3");
    }
}
