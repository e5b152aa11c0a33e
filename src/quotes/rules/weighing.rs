//! How answers stand to what matters: each is looked at against each thing, and what matters more counts more often. The price
//! is one of these things, and nothing is chosen by it alone.

use std::collections::BTreeMap;

use crate::ids::{CriterionId, QuoteAnswerId};
use crate::quotes::Criterion;

/// The best that an answer can stand to one thing.
pub const BEST: i64 = 5;

/// How an answer stands to each thing that matters, from 1 to 5.
pub type Scores = BTreeMap<(QuoteAnswerId, CriterionId), i64>;

/// The weighted sum of an answer; nothing while something was not looked at.
#[must_use]
pub fn total(answer: QuoteAnswerId, criteria: &[Criterion], scores: &Scores) -> Option<i64> {
    let part = |criterion: &Criterion| Some(scores.get(&(answer, criterion.id))? * criterion.weight.times());
    criteria.iter().map(part).sum()
}

/// The most that an answer can reach.
#[must_use]
pub fn most(criteria: &[Criterion]) -> i64 {
    criteria.iter().map(|criterion| BEST * criterion.weight.times()).sum()
}

/// Whether an answer stands best of some, with all of them looked at. Of equals each does; by the price alone none does.
#[must_use]
pub fn stands_best(answer: QuoteAnswerId, of: &[QuoteAnswerId], criteria: &[Criterion], scores: &Scores) -> bool {
    let totals: Option<Vec<i64>> = of.iter().map(|one| total(*one, criteria, scores)).collect();
    let best = totals.and_then(|totals| totals.into_iter().max());
    let by_more = criteria.iter().any(|criterion| !criterion.is_price);
    by_more && best.is_some() && total(answer, criteria, scores) == best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quotes::Weight;

    fn criterion(id: i64, weight: Weight) -> Criterion {
        Criterion { id: CriterionId::new(id), is_price: id == 1, words: String::new(), weight }
    }

    fn scores(rows: &[(i64, [i64; 3])]) -> Scores {
        let of = |(answer, row): &(i64, [i64; 3])| {
            let answer = QuoteAnswerId::new(*answer);
            let cells: Vec<_> = (1..).zip(*row).map(|(id, score)| ((answer, CriterionId::new(id)), score)).collect();
            cells
        };
        rows.iter().flat_map(of).collect()
    }

    #[test]
    fn the_lowest_price_does_not_win_by_itself() {
        let criteria = [criterion(1, Weight::Little), criterion(2, Weight::VeryMuch), criterion(3, Weight::Much)];
        let [cheap, kind, other] = [1, 2, 3].map(QuoteAnswerId::new);
        let seen = scores(&[(1, [5, 2, 3]), (2, [2, 5, 4]), (3, [3, 3, 3])]);
        assert_eq!(total(cheap, &criteria, &seen), Some(5 + 6 + 6));
        assert_eq!(total(kind, &criteria, &seen), Some(2 + 15 + 8));
        assert_eq!(most(&criteria), 30);
        let all = [cheap, kind, other];
        assert!(stands_best(kind, &all, &criteria, &seen) && !stands_best(cheap, &all, &criteria, &seen));
    }

    #[test]
    fn by_the_price_alone_nothing_stands_best() {
        let [cheap, dear] = [1, 2].map(QuoteAnswerId::new);
        let price = [criterion(1, Weight::VeryMuch)];
        let seen = scores(&[(1, [5, 5, 5]), (2, [1, 5, 5])]);
        assert!(!stands_best(cheap, &[cheap, dear], &price, &seen), "so its choice needs words");
        let more = [criterion(1, Weight::VeryMuch), criterion(2, Weight::Little)];
        assert!(stands_best(cheap, &[cheap, dear], &more, &seen));
    }

    #[test]
    fn nothing_stands_best_before_all_of_it_was_looked_at() {
        let criteria = [criterion(1, Weight::Little), criterion(2, Weight::VeryMuch), criterion(3, Weight::Much)];
        let [one, two] = [1, 2].map(QuoteAnswerId::new);
        let mut seen = scores(&[(1, [5, 5, 5]), (2, [5, 5, 5])]);
        assert!(stands_best(one, &[one, two], &criteria, &seen) && stands_best(two, &[one, two], &criteria, &seen));
        seen.remove(&(two, CriterionId::new(3)));
        assert_eq!(total(two, &criteria, &seen), None);
        assert!(!stands_best(one, &[one, two], &criteria, &seen));
        assert!(!stands_best(one, &[], &criteria, &seen));
    }
}
