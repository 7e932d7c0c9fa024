using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;

namespace FineTune.Core.Gates;

/// <summary>
/// Conditions on a model's metrics, as <c>Require</c> and <c>Warn</c> have them: <c>metric operator number</c>, separated by <c>;</c> or line
/// breaks. A label stands in brackets, <c>f1[refund]</c>, and a closing bracket in a label is doubled. A number may be a percentage. <c>baseline</c>, alone or with a
/// number added or subtracted, stands for the value that the accepted model has: <c>accuracy &gt;= baseline - 0.01</c>.
/// </summary>
public sealed record Gate
{
    /// <summary>The word for the accepted model's value.</summary>
    internal const string Baseline = "baseline";

    private Gate(IReadOnlyList<GateCondition> conditions) => Conditions = conditions;

    /// <summary>The conditions in the order in which they are written.</summary>
    public IReadOnlyList<GateCondition> Conditions { get; }

    /// <summary>Whether a condition compares with the accepted model.</summary>
    public bool IsRelative => Conditions.Any(condition => condition.IsRelative);

    /// <summary>Reads conditions; an empty text has none.</summary>
    /// <exception cref="FineTuneException">FT0012: the text cannot be understood; the message names the column.</exception>
    public static Gate Parse(string? text, SourceLocation? location = null) => new(new Parser(text ?? "", location).ReadConditions());

    /// <summary>
    /// Compares every condition with the metrics. One whose metric is missing or not a number does not pass, nor does one that names <c>baseline</c>: here is no accepted model.
    /// </summary>
    public IReadOnlyList<GateResult> Evaluate(IReadOnlyDictionary<string, double> metrics) =>
    [
        .. Conditions.Select(condition => metrics.TryGetValue(condition.Metric, out var actual)
            ? new GateResult { Condition = condition, Actual = actual, Passed = !condition.IsRelative && condition.IsFulfilledBy(actual) }
            : new GateResult { Condition = condition, Passed = false, MeasuredMetrics = [.. metrics.Keys] }),
    ];

    /// <summary>
    /// Compares every condition with what was measured, and those that name <c>baseline</c> with <paramref name="accepted"/>. One whose metric is missing or not a
    /// number, here or there, does not pass.
    /// </summary>
    /// <param name="measured">The metrics of the model that is judged.</param>
    /// <param name="accepted">The metrics of the accepted model; <see langword="null"/> when there is none.</param>
    public IReadOnlyList<GateResult> Evaluate(MetricsDocument measured, AcceptedMetrics? accepted)
        => [.. Evaluate(measured.Metrics).Select(result => result.Condition.IsRelative ? result.ComparedWith(accepted, measured) : result)];

    /// <summary>The conditions as <see cref="Parse"/> reads them.</summary>
    public override string ToString() => string.Join("; ", Conditions);

    /// <inheritdoc/>
    public bool Equals(Gate? other) => other is not null && Conditions.SequenceEqual(other.Conditions);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode();

    private sealed class Parser(string text, SourceLocation? location)
    {
        private int _position;

        private bool AtEnd => _position == text.Length;

        public List<GateCondition> ReadConditions()
        {
            var conditions = new List<GateCondition>();
            while (true)
            {
                SkipWhile(character => character == ';' || char.IsWhiteSpace(character));
                if (AtEnd)
                {
                    return conditions;
                }

                var metric = ReadMetric();
                SkipBlanks();
                var comparison = ReadOperator(metric);
                SkipBlanks();
                conditions.Add(ReadCondition(metric, comparison));
                SkipBlanks();
                if (!AtEnd && text[_position] is not (';' or '\n' or '\r'))
                {
                    throw Mistake(_position, "expected ';' or the end of the condition");
                }
            }
        }

        private string ReadMetric()
        {
            var start = _position;
            SkipWhile(character => char.IsLetterOrDigit(character) || character is '.' or '_' or '-');
            if (_position == start)
            {
                throw Mistake(start, "expected the name of a metric, such as accuracy");
            }
            // Metric names are lower case; labels keep their case.
            var name = text.Substring(start, _position - start).ToLowerInvariant();
            return AtEnd || text[_position] != '[' ? name : $"{name}[{ReadLabel()}]";
        }

        private string ReadLabel()
        {
            var start = _position++;
            var label = new System.Text.StringBuilder();
            while (!AtEnd)
            {
                var character = text[_position++];
                if (character == ']')
                {
                    if (AtEnd || text[_position] != ']')
                    {
                        return label.Length > 0 ? label.ToString() : throw Mistake(start + 1, "expected a label between the brackets");
                    }

                    _position++;
                }
                label.Append(character);
            }
            throw Mistake(start, "the bracket is not closed");
        }

        private GateOperator ReadOperator(string metric)
        {
            foreach (var length in new[] { 2, 1 })
            {
                if (_position + length <= text.Length && GateCondition.Operators.TryGetValue(text.Substring(_position, length), out var comparison))
                {
                    _position += length;
                    return comparison;
                }
            }
            throw Mistake(_position, $"expected >=, >, <=, <, == or != after '{metric}'");
        }

        private GateCondition ReadCondition(string metric, GateOperator comparison)
        {
            if (string.Compare(text, _position, Baseline, 0, Baseline.Length, StringComparison.OrdinalIgnoreCase) != 0)
            {
                return new GateCondition(metric, comparison, ReadNumber());
            }

            _position += Baseline.Length;
            SkipBlanks();
            if (AtEnd || text[_position] is not ('+' or '-'))
            {
                return new GateCondition(metric, comparison, 0) { IsRelative = true };
            }

            var sign = text[_position++] == '-' ? -1 : 1;
            SkipBlanks();
            // 0 and -0 are one number, and must be written alike.
            return new GateCondition(metric, comparison, (sign * ReadNumber()) + 0.0) { IsRelative = true };
        }

        private double ReadNumber()
        {
            var start = _position;
            SkipWhile(character => char.IsLetterOrDigit(character) || character is '.' or ',' or '+' or '-');
            var number = text.Substring(start, _position - start);
            if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || double.IsNaN(value) || double.IsInfinity(value))
            {
                throw Mistake(start, number.Length == 0 ? "expected a number" : $"'{number}' is not a number; write 0.9 or 90%");
            }

            if (AtEnd || text[_position] != '%')
            {
                return value;
            }

            _position++;
            // In decimal arithmetic 84.7% is the same number as 0.847.
            return decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) ? (double)(percent / 100m) : value / 100;
        }

        private void SkipBlanks() => SkipWhile(character => character is ' ' or '\t');

        private void SkipWhile(Func<char, bool> matches)
        {
            while (!AtEnd && matches(text[_position]))
            {
                _position++;
            }
        }

        private FineTuneException Mistake(int position, string what) =>
            SpecificationDiagnostics.MalformedGate.Exception($"'{text}', column {position + 1}: {what}. A condition is 'accuracy >= 0.9', 'f1[label] >= 80%' or 'accuracy >= baseline - 0.01'.", location);
    }
}
