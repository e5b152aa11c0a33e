//! A small picture of where the results of a page lie: numbers like those of the list, around the place that was asked for.

use serde::Serialize;

use crate::places::{Point, distance_in_words, miles_in_metres};

/// The side of the picture.
const SIDE: i64 = 320;
/// The room around it, so that no number is cut.
const MARGIN: i64 = 16;

/// A result on the map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Dot {
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
    /// Its number in the list.
    pub number: usize,
}

/// The picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Map {
    /// The results; those that would lie on one another are one dot with the first number.
    pub dots: Vec<Dot>,
    /// The place that was asked for, in the middle.
    pub middle: Option<i64>,
    /// A ring around it, and how far it is.
    pub ring: Option<i64>,
    /// What the ring means.
    pub scale: String,
    /// What can be seen, for those who do not see it.
    pub words: String,
}

/// The map of numbered points; nothing where fewer than two lie somewhere.
#[must_use]
pub fn map(points: &[(usize, Point)], from: Option<Point>) -> Option<Map> {
    if points.len() < 2 {
        return None;
    }
    let middle = from.unwrap_or_else(|| middle_of(points));
    let far = points.iter().map(|(_, point)| off(*point, middle)).max().unwrap_or(0).max(500);
    let half = SIDE / 2;
    let place = |metres: i64| metres * (half - MARGIN) / far;
    let mut dots: Vec<Dot> = vec![];
    for (number, point) in points {
        let (east, north) = across(*point, middle);
        let dot = Dot { x: half + place(east), y: half - place(north), number: *number };
        if !dots.iter().any(|other| (other.x - dot.x).abs() < 14 && (other.y - dot.y).abs() < 14) {
            dots.push(dot);
        }
    }
    let ring = from.and_then(|_| RINGS.into_iter().rev().find(|miles| i64::from(miles_in_metres(*miles)) <= far));
    let scale = match ring {
        Some(miles) => {
            format!("The ring is {} from the place that you asked for.", distance_in_words(miles_in_metres(miles)))
        }
        None => "North is up.".to_owned(),
    };
    Some(Map {
        words: format!("Where {} of these results are. The list says how far away each is.", points.len()),
        dots,
        middle: from.map(|_| half),
        ring: ring.map(|miles| place(i64::from(miles_in_metres(miles)))),
        scale,
    })
}

/// The distances at which a ring can be drawn, in miles.
const RINGS: [u32; 6] = [1, 2, 5, 10, 25, 50];

fn across(point: Point, middle: Point) -> (i64, i64) {
    (i64::from(point.easting) - i64::from(middle.easting), i64::from(point.northing) - i64::from(middle.northing))
}

/// The longer of the two ways along the axes.
fn off(point: Point, middle: Point) -> i64 {
    let (east, north) = across(point, middle);
    east.abs().max(north.abs())
}

fn middle_of(points: &[(usize, Point)]) -> Point {
    let between = |along: fn(&Point) -> i32| {
        let all = || points.iter().map(|(_, point)| along(point));
        let (least, most) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        least + (most - least) / 2
    };
    Point { easting: between(|point| point.easting), northing: between(|point| point.northing) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(easting: i32, northing: i32) -> Point {
        Point { easting, northing }
    }

    #[test]
    fn results_lie_around_the_place_that_was_asked_for() {
        let from = at(400_000, 100_000);
        let points = [(1, at(401_000, 100_000)), (2, at(400_000, 110_000)), (3, at(400_000, 110_010))];
        let map = map(&points, Some(from)).unwrap();
        assert_eq!(map.dots, [Dot { x: 174, y: 160, number: 1 }, Dot { x: 160, y: 17, number: 2 }]);
        assert_eq!((map.middle, map.ring), (Some(160), Some(115)), "five miles of ten kilometres");
        assert!(map.scale.contains("5 miles"), "{}", map.scale);
    }

    #[test]
    fn one_result_needs_no_map() {
        assert_eq!(map(&[(1, at(1, 1))], None), None);
        let map = map(&[(1, at(0, 0)), (2, at(10_000, 0))], None).unwrap();
        assert_eq!((map.middle, map.ring, map.dots.len()), (None, None, 2));
        assert!(map.dots.iter().all(|dot| (MARGIN..=SIDE - MARGIN).contains(&dot.x)), "{:?}", map.dots);
    }
}
