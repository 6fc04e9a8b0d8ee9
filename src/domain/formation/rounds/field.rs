//! Designs from finite fields: as many groups as the field has elements, one member per row.
//!
//! Invariant: in the rounds made here nobody meets the same person twice. Two rows meet in each
//! pair of columns once, because a line through two points of a plane is the only one.

/// The largest field that is built.
const LARGEST: usize = 64;

/// Addition and multiplication of a finite field, as tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    order: usize,
    plus: Vec<usize>,
    times: Vec<usize>,
}

impl Field {
    /// The field with so many elements, if the number is a power of a prime and not too large.
    pub(super) fn new(order: usize) -> Option<Self> {
        let prime = (2..=order).find(|divisor| order.is_multiple_of(*divisor))?;
        let mut degree = 0;
        let mut rest = order;
        while rest.is_multiple_of(prime) && rest > 1 {
            rest /= prime;
            degree += 1;
        }
        if rest != 1 || order > LARGEST {
            return None;
        }
        let plus = table(order, |a, b| {
            from_digits(&add(&digits(a, prime, degree), &digits(b, prime, degree), prime), prime)
        });
        // A polynomial without factors leaves no two numbers whose product is zero.
        (0..order).find_map(|low| {
            let modulus = digits(low, prime, degree);
            let times = table(order, |a, b| {
                from_digits(
                    &product(&digits(a, prime, degree), &digits(b, prime, degree), &modulus, prime),
                    prime,
                )
            });
            let whole = (1..order).all(|a| (1..order).all(|b| times[a * order + b] != 0));
            whole.then(|| Self { order, plus: plus.clone(), times })
        })
    }

    fn line(&self, start: usize, slope: usize, at: usize) -> usize {
        self.plus[start * self.order + self.times[slope * self.order + at]]
    }
}

fn table(order: usize, entry: impl Fn(usize, usize) -> usize) -> Vec<usize> {
    (0..order * order).map(|cell| entry(cell / order, cell % order)).collect()
}

fn digits(mut number: usize, prime: usize, degree: usize) -> Vec<usize> {
    (0..degree)
        .map(|_| {
            let digit = number % prime;
            number /= prime;
            digit
        })
        .collect()
}

fn from_digits(digits: &[usize], prime: usize) -> usize {
    digits.iter().rev().fold(0, |number, digit| number * prime + digit)
}

fn add(a: &[usize], b: &[usize], prime: usize) -> Vec<usize> {
    a.iter().zip(b).map(|(a, b)| (a + b) % prime).collect()
}

/// Product of two polynomials modulo `x^degree - modulus`.
fn product(a: &[usize], b: &[usize], modulus: &[usize], prime: usize) -> Vec<usize> {
    let degree = a.len();
    let mut long = vec![0; 2 * degree];
    for (i, a) in a.iter().enumerate() {
        for (j, b) in b.iter().enumerate() {
            long[i + j] = (long[i + j] + a * b) % prime;
        }
    }
    for high in (degree..2 * degree).rev() {
        let factor = std::mem::take(&mut long[high]);
        for (low, digit) in modulus.iter().enumerate() {
            long[high - degree + low] = (long[high - degree + low] + factor * digit) % prime;
        }
    }
    long.truncate(degree);
    long
}

/// Rounds of `groups` groups of `size` (at most `groups`): person `row * groups + column`.
/// Where rows divide into groups of `size` themselves, they add the rounds of their own design.
pub(super) fn rounds(groups: usize, size: usize) -> Option<Vec<Vec<Vec<usize>>>> {
    if size > groups {
        return None;
    }
    let field = Field::new(groups)?;
    let mut all: Vec<Vec<Vec<usize>>> = (0..groups)
        .map(|slope| {
            (0..groups)
                .map(|start| (0..size).map(|row| row * groups + field.line(start, slope, row)).collect())
                .collect()
        })
        .collect();
    all.extend(within_rows(groups, size));
    Some(all)
}

/// Rounds in which nobody leaves the own row.
fn within_rows(groups: usize, size: usize) -> Vec<Vec<Vec<usize>>> {
    if !groups.is_multiple_of(size) {
        return Vec::new();
    }
    let inner =
        if groups == size { Some(vec![vec![(0..size).collect()]]) } else { rounds(groups / size, size) };
    let inner = inner.unwrap_or_else(|| {
        vec![(0..groups / size).map(|part| (part * size..(part + 1) * size).collect()).collect()]
    });
    let shifted = |row: usize, group: &[usize]| group.iter().map(|person| row * groups + person).collect();
    inner
        .iter()
        .map(|round| (0..size).flat_map(|row| round.iter().map(move |group| shifted(row, group))).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_exist_for_powers_of_primes_only() {
        for order in 2..=32 {
            let known = [2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17, 19, 23, 25, 27, 29, 31, 32].contains(&order);
            assert_eq!(Field::new(order).is_some(), known, "{order}");
        }
        assert_eq!((Field::new(0), Field::new(1), Field::new(67)), (None, None, None));
    }

    #[test]
    fn multiplication_spreads_over_sums() {
        let field = Field::new(9).expect("a field");
        for a in 0..9 {
            for b in 0..9 {
                for c in 0..9 {
                    let sum = field.plus[b * 9 + c];
                    let parts = field.plus[field.times[a * 9 + b] * 9 + field.times[a * 9 + c]];
                    assert_eq!(field.times[a * 9 + sum], parts);
                }
            }
        }
    }
}
