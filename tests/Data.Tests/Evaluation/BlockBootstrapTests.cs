using CsCheck;
using MacroCausal.Data.Evaluation;

namespace MacroCausal.Data.Tests.Evaluation;

public sealed class BlockBootstrapTests
{
    [Fact]
    public void The_block_lengths_of_a_known_series_are_those_of_the_reference()
    {
        var normal = new NumPyNormal(seed: 0);
        var series = new double[10_100];
        for (var i = 0; i < series.Length; i++)
        {
            series[i] = normal.Next() + (i == 0 ? 0 : 0.3 * series[i - 1]);
        }

        series[0].ShouldBe(1.764052345967664, 1e-12, "the reference draws the same numbers");
        var (stationary, circular) = BlockBootstrap.Lengths(series[100..]);
        stationary.ShouldBe(13.635665, 13.6e-4);
        circular.ShouldBe(15.60894, 15.6e-4);
    }

    [Fact]
    public void A_sample_has_as_many_rows_and_its_blocks_have_the_expected_length() =>
        (from rows in Gen.Int[50, 200]
         from length in Gen.Double[1, 10]
         from seed in Gen.Int
         select (rows, length, seed)).Sample(
            drawn =>
            {
                var random = new Random(drawn.seed);
                var breaks = 0;
                for (var i = 0; i < 200; i++)
                {
                    var sample = BlockBootstrap.Draw(drawn.rows, drawn.length, random);
                    sample.Length.ShouldBe(drawn.rows);
                    sample.ShouldAllBe(row => row >= 0 && row < drawn.rows);
                    breaks += Enumerable.Range(1, drawn.rows - 1).Count(j => sample[j] != (sample[j - 1] + 1) % drawn.rows);
                }

                // A new block begins by chance where the old one goes on once in as many rows as there are.
                var expected = 1 / drawn.length * (1 - (1.0 / drawn.rows));
                (breaks / (200.0 * (drawn.rows - 1))).ShouldBe(expected, 0.03);
            },
            iter: 30);

    [Fact]
    public void Every_series_has_a_length_of_one_or_more_and_scale_and_place_do_not_matter() =>
        // Whole eighths: scaling and shifting lose no digit.
        Gen.Int[-40, 40].Array[1, 60].Sample(
            eighths =>
            {
                var series = Array.ConvertAll(eighths, value => value / 8.0);
                var length = BlockBootstrap.Length(series);
                length.ShouldBeInRange(1, Math.Max(1, Math.Ceiling(series.Length / 3.0)));
                BlockBootstrap.Length(Array.ConvertAll(series, value => (4 * value) + 1)).ShouldBe(length, 1e-3 * length);
            },
            iter: 200);

    /// <summary>The normal numbers of NumPy's RandomState: MT19937 and the polar method, two at a time.</summary>
    private sealed class NumPyNormal
    {
        private readonly uint[] _state = new uint[624];
        private int _next = 624;
        private double? _second;

        public NumPyNormal(uint seed)
        {
            _state[0] = seed;
            for (uint i = 1; i < 624; i++)
            {
                _state[i] = (1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30))) + i;
            }
        }

        public double Next()
        {
            if (_second is { } kept)
            {
                _second = null;
                return kept;
            }

            double x, y, square;
            do
            {
                (x, y) = ((2 * Uniform()) - 1, (2 * Uniform()) - 1);
                square = (x * x) + (y * y);
            }
            while (square is >= 1 or 0);
            var factor = Math.Sqrt(-2 * Math.Log(square) / square);
            _second = factor * x;
            return factor * y;
        }

        private double Uniform()
        {
            var (high, low) = (Word() >> 5, Word() >> 6);
            return ((high * 67108864.0) + low) / 9007199254740992.0;
        }

        private uint Word()
        {
            if (_next == 624) Twist();
            var word = _state[_next++];
            word ^= word >> 11;
            word ^= (word << 7) & 0x9d2c5680;
            word ^= (word << 15) & 0xefc60000;
            return word ^ (word >> 18);
        }

        private void Twist()
        {
            for (var i = 0; i < 624; i++)
            {
                var mixed = (_state[i] & 0x80000000) | (_state[(i + 1) % 624] & 0x7fffffff);
                _state[i] = _state[(i + 397) % 624] ^ (mixed >> 1) ^ ((mixed & 1) * 0x9908b0df);
            }

            _next = 0;
        }
    }
}
