//! Points on the national grid, and how far apart they are.
//!
//! Searching by distance needs whole metres that both database engines can compare, so a place is kept as an easting
//! and a northing. Coordinates that arrive as degrees are turned once, on the way in.

/// A point on the British national grid, in whole metres east and north of its false origin.
///
/// For Northern Ireland the same projection is simply carried on westwards; distances there are good enough to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
pub struct Point {
    /// Metres east of the false origin.
    pub easting: i32,
    /// Metres north of the false origin.
    pub northing: i32,
}

impl Point {
    /// The point of an easting and a northing as databases keep them; nothing for numbers that lie on no grid.
    #[must_use]
    pub fn from_metres(easting: i64, northing: i64) -> Option<Point> {
        Some(Point { easting: i32::try_from(easting).ok()?, northing: i32::try_from(northing).ok()? })
    }

    /// The point for WGS84 degrees, good to about 5 metres, or nothing when they lie outside the United Kingdom.
    ///
    /// Helmert transformation to the Airy ellipsoid, then the transverse Mercator projection, both as in the Ordnance
    /// Survey's "A guide to coordinate systems in Great Britain". The correction grid OSTN15, which would bring
    /// centimetres, is left out: postcodes stand for whole streets.
    #[must_use]
    pub fn from_degrees(latitude: f64, longitude: f64) -> Option<Point> {
        // NaN fails both tests, so what passes is always a finite number.
        let inside = (49.0..=61.5).contains(&latitude) && (-9.5..=2.5).contains(&longitude);
        inside.then(|| {
            let (phi, lambda) = to_airy(latitude.to_radians(), longitude.to_radians());
            let (easting, northing) = project(phi, lambda);
            Point { easting: easting.round() as i32, northing: northing.round() as i32 }
        })
    }

    /// The WGS84 degrees of the point: latitude and longitude, as exact as [`Point::from_degrees`], whose inverse it is.
    #[must_use]
    pub fn to_degrees(self) -> (f64, f64) {
        let (wanted_east, wanted_north) = (f64::from(self.easting), f64::from(self.northing));
        let (mut latitude, mut longitude) = (54.0_f64, -2.0_f64);
        // Each step closes the gap to a hundredth or less; ten are far below a millimetre.
        for _ in 0..10 {
            let (phi, lambda) = to_airy(latitude.to_radians(), longitude.to_radians());
            let (easting, northing) = project(phi, lambda);
            latitude += (wanted_north - northing) / METRES_PER_DEGREE;
            longitude += (wanted_east - easting) / (METRES_PER_DEGREE * latitude.to_radians().cos());
        }
        (latitude, longitude)
    }

    /// The straight line from here to there, in whole metres.
    #[must_use]
    pub fn distance_metres(self, other: Point) -> u32 {
        distance_metres(self, other)
    }
}

/// The straight line between two points, in whole metres.
#[must_use]
pub fn distance_metres(from: Point, to: Point) -> u32 {
    // i128 so that even the widest pair of i32 coordinates cannot overflow.
    let east = i128::from(from.easting) - i128::from(to.easting);
    let north = i128::from(from.northing) - i128::from(to.northing);
    let metres = (east * east + north * north).isqrt();
    u32::try_from(metres).unwrap_or(u32::MAX)
}

/// A distance as people say it: "less than 0.1 miles", "0.4 miles", "1 mile", "12 miles".
///
/// Tenths of a mile are given below ten miles and whole miles from there, rounded half up.
#[must_use]
pub fn distance_in_words(metres: u32) -> String {
    // One mile is exactly 1,609.344 metres, so a tenth of a mile is 160,934.4 millimetres.
    let tenths = (u64::from(metres) * 10_000 + 804_672) / 1_609_344;
    match tenths {
        0 => "less than 0.1 miles".to_owned(),
        10 => "1 mile".to_owned(),
        1..100 if tenths.is_multiple_of(10) => format!("{} miles", tenths / 10),
        1..100 => format!("{}.{} miles", tenths / 10, tenths % 10),
        _ => format!("{} miles", (u64::from(metres) * 1_000 + 804_672) / 1_609_344),
    }
}

/// The whole metres of a number of miles, for a search within that distance.
#[must_use]
pub fn miles_in_metres(miles: u32) -> u32 {
    let metres = (u64::from(miles) * 1_609_344 + 500) / 1_000;
    u32::try_from(metres).unwrap_or(u32::MAX)
}

/// About how long a degree of latitude is.
const METRES_PER_DEGREE: f64 = 111_200.0;

/// An ellipsoid: the semi-major and semi-minor axes in metres.
struct Ellipsoid {
    major: f64,
    minor: f64,
}

impl Ellipsoid {
    fn eccentricity_squared(&self) -> f64 {
        1.0 - (self.minor * self.minor) / (self.major * self.major)
    }
}

const WGS84: Ellipsoid = Ellipsoid { major: 6_378_137.0, minor: 6_356_752.314_245 };
const AIRY: Ellipsoid = Ellipsoid { major: 6_377_563.396, minor: 6_356_256.909 };

/// Latitude and longitude in radians on WGS84, turned to the Airy ellipsoid of the national grid (OSGB36).
fn to_airy(phi: f64, lambda: f64) -> (f64, f64) {
    let squared = WGS84.eccentricity_squared();
    let radius = WGS84.major / (1.0 - squared * phi.sin().powi(2)).sqrt();
    let x = radius * phi.cos() * lambda.cos();
    let y = radius * phi.cos() * lambda.sin();
    let z = radius * (1.0 - squared) * phi.sin();

    let second = (1.0_f64 / 3_600.0).to_radians();
    let (turn_x, turn_y, turn_z) = (-0.1502 * second, -0.2470 * second, -0.8421 * second);
    let scale = 1.0 + 20.4894e-6;
    let east = -446.448 + scale * x - turn_z * y + turn_y * z;
    let north = 125.157 + turn_z * x + scale * y - turn_x * z;
    let up = -542.060 - turn_y * x + turn_x * y + scale * z;

    let squared = AIRY.eccentricity_squared();
    let flat = east.hypot(north);
    let mut phi = up.atan2(flat * (1.0 - squared));
    // Each round gains about three digits; five are far below a millimetre.
    for _ in 0..5 {
        let radius = AIRY.major / (1.0 - squared * phi.sin().powi(2)).sqrt();
        phi = (up + squared * radius * phi.sin()).atan2(flat);
    }
    (phi, north.atan2(east))
}

/// Transverse Mercator of the national grid: radians on the Airy ellipsoid to metres (formulae C1 to C5 of the guide).
fn project(phi: f64, lambda: f64) -> (f64, f64) {
    let scale = 0.999_601_271_7;
    let (phi_origin, lambda_origin) = (49.0_f64.to_radians(), (-2.0_f64).to_radians());
    let squared = AIRY.eccentricity_squared();
    let (sin, cos, tan) = (phi.sin(), phi.cos(), phi.tan());
    let curve = 1.0 - squared * sin * sin;
    let across = AIRY.major * scale / curve.sqrt();
    let along = AIRY.major * scale * (1.0 - squared) / curve.powf(1.5);
    let eta = across / along - 1.0;
    let tan2 = tan * tan;
    let tan4 = tan2 * tan2;

    let one = meridian_arc(phi, phi_origin, scale) - 100_000.0;
    let two = across / 2.0 * sin * cos;
    let three = across / 24.0 * sin * cos.powi(3) * (5.0 - tan2 + 9.0 * eta);
    let three_a = across / 720.0 * sin * cos.powi(5) * (61.0 - 58.0 * tan2 + tan4);
    let four = across * cos;
    let five = across / 6.0 * cos.powi(3) * (across / along - tan2);
    let six = across / 120.0 * cos.powi(5) * (5.0 - 18.0 * tan2 + tan4 + 14.0 * eta - 58.0 * tan2 * eta);

    let turn = lambda - lambda_origin;
    let northing = one + two * turn.powi(2) + three * turn.powi(4) + three_a * turn.powi(6);
    let easting = 400_000.0 + four * turn + five * turn.powi(3) + six * turn.powi(5);
    (easting, northing)
}

/// The developed arc of the meridian from the origin's latitude, in metres (formula C3 of the guide).
fn meridian_arc(phi: f64, phi_origin: f64, scale: f64) -> f64 {
    let n = (AIRY.major - AIRY.minor) / (AIRY.major + AIRY.minor);
    let (n2, n3) = (n * n, n * n * n);
    let (difference, sum) = (phi - phi_origin, phi + phi_origin);
    let first = (1.0 + n + 1.25 * (n2 + n3)) * difference;
    let second = (3.0 * (n + n2) + 2.625 * n3) * difference.sin() * sum.cos();
    let third = 1.875 * (n2 + n3) * (2.0 * difference).sin() * (2.0 * sum).cos();
    let fourth = 35.0 / 24.0 * n3 * (3.0 * difference).sin() * (3.0 * sum).cos();
    AIRY.minor * scale * (first - second + third - fourth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn degrees(whole: f64, minutes: f64, seconds: f64) -> f64 {
        (whole + minutes / 60.0 + seconds / 3_600.0).to_radians()
    }

    #[test]
    fn degrees_lead_back_to_their_point() {
        for (easting, northing) in [(369_000, 90_500), (530_000, 180_000), (90_000, 10_500), (640_000, 310_000)] {
            let point = Point { easting, northing };
            let (latitude, longitude) = point.to_degrees();
            assert_eq!(Point::from_degrees(latitude, longitude), Some(point));
            let near = |degrees: f64| (degrees * 100_000.0).round() / 100_000.0;
            let again = Point::from_degrees(near(latitude), near(longitude)).unwrap();
            assert!(again.distance_metres(point) <= 2, "{point:?} {again:?}");
        }
    }

    #[test]
    fn the_projection_agrees_with_the_worked_example_of_the_ordnance_survey() {
        let (easting, northing) = project(degrees(52.0, 39.0, 27.2531), degrees(1.0, 43.0, 4.5177));
        assert!((easting - 651_409.903).abs() < 0.002, "{easting}");
        assert!((northing - 313_177.270).abs() < 0.002, "{northing}");
    }

    #[test]
    fn degrees_become_metres_to_within_five_metres() {
        // The water tower of Caister again, now with its WGS84 coordinates.
        let point = Point::from_degrees(52.657_98, 1.716_05).unwrap();
        let known = Point { easting: 651_409, northing: 313_177 };
        assert!(distance_metres(point, known) <= 5, "{point:?}");
    }

    #[test]
    fn degrees_outside_the_united_kingdom_are_no_point() {
        assert_eq!(Point::from_degrees(0.0, 0.0), None);
        assert_eq!(Point::from_degrees(f64::NAN, -2.0), None);
        assert_eq!(Point::from_degrees(51.0, f64::INFINITY), None);
        assert_eq!(Point::from_degrees(-2.0, 51.0), None);
    }

    #[test]
    fn distances_are_whole_metres_and_never_overflow() {
        let here = Point { easting: 0, northing: 0 };
        let there = Point { easting: 300, northing: -400 };
        assert_eq!(distance_metres(here, there), 500);
        assert_eq!(here.distance_metres(here), 0);
        let low = Point { easting: i32::MIN, northing: i32::MIN };
        let high = Point { easting: i32::MAX, northing: i32::MAX };
        assert_eq!(distance_metres(low, high), u32::MAX);
    }

    #[test]
    fn distances_are_said_in_miles() {
        let said = |metres| distance_in_words(metres);
        assert_eq!(said(0), "less than 0.1 miles");
        assert_eq!(said(80), "less than 0.1 miles");
        assert_eq!(said(81), "0.1 miles");
        assert_eq!(said(640), "0.4 miles");
        assert_eq!(said(1_609), "1 mile");
        assert_eq!(said(3_219), "2 miles");
        assert_eq!(said(16_000), "9.9 miles");
        assert_eq!(said(16_093), "10 miles");
        assert_eq!(said(19_312), "12 miles");
        assert_eq!(miles_in_metres(10), 16_093);
    }
}
