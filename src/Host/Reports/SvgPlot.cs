using System.Globalization;
using System.Text;
using System.Xml;

namespace Glasswright.Host.Reports;

/// <summary>
/// A figure as SVG for a paper: vectors, texts as text, black on white, lines told apart by color, dash and symbol. 480 by 340 units, about
/// the width of a column; the caption goes along as its description.
/// </summary>
internal sealed class SvgPlot
{
    private const double Width = 480, Height = 340, Top = 14, Bottom = 54, Left = 72, Right = 16, LegendLine = 17, ScaleRoom = 84, SlantedRoom = 62;
    private const int Many = 400;

    private static readonly string[] Palette = ["#0072b2", "#c2500b", "#00805d", "#a3548a", "#8a6a00", "#4f5358", "#1b8fb8", "#7a4fb5"];
    private static readonly string[] Viridis =
        ["#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725"];

    private readonly Figure _figure;
    private readonly XmlWriter _xml;
    private readonly AxisTicks _x;
    private readonly AxisTicks _y;
    private readonly double _left = Left;
    private readonly double _right;
    private readonly double _top;
    private readonly double _bottom;
    private readonly double _height;

    private SvgPlot(Figure figure, XmlWriter xml)
    {
        _figure = figure;
        _xml = xml;
        bool bars = figure.Series.Any(series => series.Mark == Mark.Bars);
        bool filled = bars || figure.Series.Any(series => series.Filled);

        // A cell that is hardly tilted does not begin a whole mark before zero.
        double slack = figure.Equal ? 0.02 : 0;
        _x = AxisTicks.Over(figure.Series.SelectMany(series => series.X), slack);
        _y = AxisTicks.Over(figure.Series.SelectMany(WithWhiskers).Concat(filled ? [0] : []), slack);
        _right = Width - Right - (figure.Colors is null ? 0 : ScaleRoom);
        _top = Top + (LegendLine * LegendRows().Count);
        double plot = figure.Equal ? (_right - _left) * (_y.Most - _y.Least) / (_x.Most - _x.Least) : Height - _top - Bottom;
        _bottom = _top + plot;
        _height = _bottom + Bottom + (SlantedNames ? SlantedRoom : 0);
    }

    private bool SlantedNames => _figure.X.Categories is { } names && names.Aggregate(0, (length, name) => length + name.Length + 2) > 60;

    /// <summary>Writes a figure.</summary>
    public static void Write(Stream stream, Figure figure)
    {
        using var xml = XmlWriter.Create(stream, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, IndentChars = " ", NewLineChars = "\n" });
        new SvgPlot(figure, xml).Draw();
    }

    private static string Text(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    private static string Color(Series series) => Palette[series.Color % Palette.Length];

    private static IEnumerable<double> WithWhiskers(Series series) => series.Errors is not { } errors
        ? series.Y
        : series.Y.Concat(series.Y.Zip(errors, (y, e) => y - e)).Concat(series.Y.Zip(errors, (y, e) => y + e));

    private void Draw()
    {
        _xml.WriteStartElement("svg", "http://www.w3.org/2000/svg");
        Attributes(("viewBox", $"0 0 {Text(Width)} {Text(_height)}"), ("width", Text(Width)), ("height", Text(_height)), ("role", "img"), ("font-family", "Helvetica, Arial, sans-serif"), ("font-size", "12"), ("fill", "#000"));
        _xml.WriteElementString("title", _figure.Title);
        _xml.WriteElementString("desc", _figure.Caption);
        Element("rect", ("width", "100%"), ("height", "100%"), ("fill", "#fff"));
        DrawAxes();
        for (int index = 0; index < _figure.Series.Count; index++)
        {
            DrawSeries(_figure.Series[index], index);
        }

        DrawLegend();
        DrawScale();
        _xml.WriteEndElement();
    }

    private double X(double value) => _figure.X.Categories is { } names
        ? _left + ((value + 0.5) / names.Count * (_right - _left))
        : _left + ((value - _x.Least) / (_x.Most - _x.Least) * (_right - _left));

    private double Y(double value) => _bottom - ((value - _y.Least) / (_y.Most - _y.Least) * (_bottom - _top));

    private void DrawAxes()
    {
        Element("rect", ("x", Text(_left)), ("y", Text(_top)), ("width", Text(_right - _left)), ("height", Text(_bottom - _top)), ("fill", "none"), ("stroke", "#000"));
        if (_figure.X.Categories is { } names)
        {
            for (int i = 0; i < names.Count; i++)
            {
                string at = $"{Text(X(i))} {Text(_bottom + 16)}";
                _ = SlantedNames
                    ? Label(names[i], X(i), _bottom + 16, "end", $"rotate(-35 {at})")
                    : Label(names[i], X(i), _bottom + 16, "middle");
            }
        }
        else
        {
            foreach (double tick in _x.Values)
            {
                Line(X(tick), _bottom, X(tick), _bottom - 5, "#000", 1);
                Label(_x.Text(tick), X(tick), _bottom + 16, "middle");
            }
        }

        foreach (double tick in _y.Values)
        {
            Line(_left, Y(tick), _left + 5, Y(tick), "#000", 1);
            Label(_y.Text(tick), _left - 6, Y(tick) + 4, "end");
        }

        Label(_figure.X.Title(), (_left + _right) / 2, _height - 12, "middle");
        double middle = (_top + _bottom) / 2;
        Label(_figure.Y.Title(), 16, middle, "middle", $"rotate(-90 16 {Text(middle)})");
    }

    private void DrawSeries(Series series, int index)
    {
        _xml.WriteStartElement("g");
        _xml.WriteElementString("title", series.Name);
        switch (series.Mark)
        {
            case Mark.Bars:
                DrawBars(series);
                break;
            case Mark.Points:
                DrawPoints(series, index);
                break;
            case Mark.Tiles:
                DrawTiles(series);
                break;
            default:
                DrawLine(series, index);
                break;
        }

        if (series.Errors is { } errors)
        {
            for (int i = 0; i < series.X.Length; i++)
            {
                if (double.IsFinite(series.Y[i]) && double.IsFinite(errors[i]))
                {
                    Line(X(series.X[i]), Y(series.Y[i] - errors[i]), X(series.X[i]), Y(series.Y[i] + errors[i]), Color(series), 1);
                }
            }
        }

        _xml.WriteEndElement();
    }

    private void DrawBars(Series series)
    {
        int among = _figure.Series.Count(other => other.Mark == Mark.Bars), place = _figure.Series.TakeWhile(other => other != series).Count(other => other.Mark == Mark.Bars);
        double room = (_right - _left) / _figure.X.Categories!.Count * 0.7, width = room / among;
        for (int i = 0; i < series.X.Length; i++)
        {
            if (double.IsFinite(series.Y[i]))
            {
                double top = Math.Min(Y(series.Y[i]), Y(0)), height = Math.Abs(Y(series.Y[i]) - Y(0));
                Element("rect", ("x", Text(X(series.X[i]) - (room / 2) + (place * width))), ("y", Text(top)), ("width", Text(width * 0.92)), ("height", Text(height)), ("fill", Color(series)));
            }
        }
    }

    private void DrawPoints(Series series, int index)
    {
        // Over a map they are small enough that it is seen.
        double radius = _figure.Colors is null ? (series.X.Length > Many ? 1.6 : 3) : _figure.Series.Any(other => other.Mark == Mark.Tiles) ? 3.4 : 5;
        for (int i = 0; i < series.X.Length; i++)
        {
            if (!double.IsFinite(series.X[i]) || !double.IsFinite(series.Y[i]))
            {
                continue;
            }

            string fill = Fill(series, i);
            Symbol(X(series.X[i]), Y(series.Y[i]), radius, _figure.Colors is null ? index : 0, fill, _figure.Colors is null ? null : "#444");
        }
    }

    private string Fill(Series series, int point) => _figure.Colors is { } scale && series.Values is { } values
        ? Mapped((values[point] - scale.Least) / (scale.Most - scale.Least))
        : Color(series);

    private void DrawTiles(Series series)
    {
        double[] tile = series.Tile!;
        for (int i = 0; i < series.X.Length; i++)
        {
            // What lies beyond the axes is cut off, and neighbors meet.
            double left = Math.Max(_left, X(series.X[i] - (tile[0] / 2))), right = Math.Min(_right, X(series.X[i] + (tile[0] / 2)) + 0.3);
            double top = Math.Max(_top, Y(series.Y[i] + (tile[1] / 2))), bottom = Math.Min(_bottom, Y(series.Y[i] - (tile[1] / 2)) + 0.3);
            if (right > left && bottom > top)
            {
                Element("rect", ("x", Text(left)), ("y", Text(top)), ("width", Text(right - left)), ("height", Text(bottom - top)), ("fill", Fill(series, i)));
            }
        }
    }

    private void DrawLine(Series series, int index)
    {
        var path = new StringBuilder();
        bool pen = false;
        double first = double.NaN, last = double.NaN;
        for (int i = 0; i < series.X.Length; i++)
        {
            if (!double.IsFinite(series.X[i]) || !double.IsFinite(series.Y[i]))
            {
                pen = false;
                continue;
            }

            double x = X(series.X[i]), y = Y(series.Y[i]);
            path.Append(CultureInfo.InvariantCulture, $"{(pen ? series.Mark == Mark.Steps ? $"H{Text(x)}V{Text(y)}" : $"L{Text(x)} {Text(y)}" : $"M{Text(x)} {Text(y)}")}");
            pen = true;
            first = double.IsNaN(first) ? x : first;
            last = x;
        }

        if (path.Length == 0)
        {
            return;
        }

        if (series.Filled)
        {
            Element("path", ("d", $"{path}L{Text(last)} {Text(Y(0))}L{Text(first)} {Text(Y(0))}Z"), ("fill", Color(series)), ("fill-opacity", "0.25"), ("stroke", "none"));
        }

        Element("path", [("d", path.ToString()), ("fill", "none"), ("stroke", Color(series)), ("stroke-width", "1.6"), ("stroke-linejoin", "round"), .. Dash(series)]);
        if (series.Mark == Mark.Line && series.X.Length <= 40)
        {
            for (int i = 0; i < series.X.Length; i++)
            {
                if (double.IsFinite(series.X[i]) && double.IsFinite(series.Y[i]))
                {
                    Symbol(X(series.X[i]), Y(series.Y[i]), 3, index, Color(series), null);
                }
            }
        }
    }

    private static (string, string)[] Dash(Series series) => series.Dashed ? [("stroke-dasharray", "5 3")] : [];

    /// <summary>Circle, square, triangle, diamond, in turn.</summary>
    private void Symbol(double x, double y, double r, int kind, string fill, string? stroke)
    {
        (string, string)[] paint = stroke is null ? [("fill", fill)] : [("fill", fill), ("stroke", stroke), ("stroke-width", "0.5")];
        switch (kind % 4)
        {
            case 0:
                Element("circle", [("cx", Text(x)), ("cy", Text(y)), ("r", Text(r)), .. paint]);
                break;
            case 1:
                Element("rect", [("x", Text(x - r)), ("y", Text(y - r)), ("width", Text(2 * r)), ("height", Text(2 * r)), .. paint]);
                break;
            case 2:
                Element("path", [("d", $"M{Text(x)} {Text(y - (1.2 * r))}L{Text(x + (1.1 * r))} {Text(y + r)}L{Text(x - (1.1 * r))} {Text(y + r)}Z"), .. paint]);
                break;
            default:
                Element("path", [("d", $"M{Text(x)} {Text(y - (1.3 * r))}L{Text(x + (1.3 * r))} {Text(y)}L{Text(x)} {Text(y + (1.3 * r))}L{Text(x - (1.3 * r))} {Text(y)}Z"), .. paint]);
                break;
        }
    }

    /// <summary>The entries of the legend, so many to a line as fit by a guess of their width; none for one series, nor where a scale colors them.</summary>
    private List<List<(Series Series, int Index, double At)>> LegendRows()
    {
        var rows = new List<List<(Series, int, double)>>();
        if (_figure.Series.Count < 2 || _figure.Colors is not null)
        {
            return rows;
        }

        double at = double.PositiveInfinity;
        for (int i = 0; i < _figure.Series.Count; i++)
        {
            double width = 38 + (6.3 * _figure.Series[i].Name.Length);
            if (at + width > Width - Right)
            {
                rows.Add([]);
                at = Left;
            }

            rows[^1].Add((_figure.Series[i], i, at));
            at += width;
        }

        return rows;
    }

    private void DrawLegend()
    {
        List<List<(Series Series, int Index, double At)>> rows = LegendRows();
        for (int row = 0; row < rows.Count; row++)
        {
            foreach ((Series series, int index, double at) in rows[row])
            {
                DrawLegendEntry(series, index, at, Top + (LegendLine * row));
            }
        }
    }

    private void DrawLegendEntry(Series series, int index, double x, double y)
    {
        if (series.Mark is Mark.Bars or Mark.Points)
        {
            Symbol(x + 11, y, 4, series.Mark == Mark.Bars ? 1 : index, Color(series), null);
        }
        else
        {
            Element("path", [("d", $"M{Text(x)} {Text(y)}h22"), ("stroke", Color(series)), ("stroke-width", series.Filled ? "6" : "1.8"), .. series.Filled ? [("stroke-opacity", "0.6")] : Dash(series)]);
        }

        Label(series.Name, x + 27, y + 4, "start");
    }

    private void DrawScale()
    {
        if (_figure.Colors is not { } scale)
        {
            return;
        }

        double x = _right + 14, height = Math.Min(_bottom - _top, 220), top = ((_top + _bottom) / 2) - (height / 2);
        for (int i = 0; i < Viridis.Length * 4; i++)
        {
            double share = i / ((Viridis.Length * 4) - 1.0);
            Element("rect", ("x", Text(x)), ("y", Text(top + ((1 - share) * (height - (height / 44))))), ("width", "12"), ("height", Text((height / 44) + 0.5)), ("fill", Mapped(share)));
        }

        var ticks = AxisTicks.Over([scale.Least, scale.Most]);
        foreach (double tick in ticks.Values.Where(tick => tick >= scale.Least && tick <= scale.Most))
        {
            double y = top + (height * (1 - ((tick - scale.Least) / (scale.Most - scale.Least))));
            Line(x + 12, y, x + 16, y, "#000", 1);
            Label(ticks.Text(tick), x + 19, y + 4, "start");
        }

        double middle = (_top + _bottom) / 2;
        Label(scale.Title(), x + 64, middle, "middle", $"rotate(-90 {Text(x + 64)} {Text(middle)})");
    }

    private static string Mapped(double share)
    {
        double position = Math.Clamp(double.IsNaN(share) ? 0 : share, 0, 1) * (Viridis.Length - 1);
        int below = Math.Min((int)position, Viridis.Length - 2);
        var mixed = new StringBuilder("#");
        for (int part = 1; part < 7; part += 2)
        {
            int a = Convert.ToInt32(Viridis[below].Substring(part, 2), 16), b = Convert.ToInt32(Viridis[below + 1].Substring(part, 2), 16);
            mixed.Append(CultureInfo.InvariantCulture, $"{(int)Math.Round(a + ((b - a) * (position - below))):x2}");
        }

        return mixed.ToString();
    }

    private void Line(double x1, double y1, double x2, double y2, string color, double width) =>
        Element("path", ("d", $"M{Text(x1)} {Text(y1)}L{Text(x2)} {Text(y2)}"), ("stroke", color), ("stroke-width", Text(width)));

    private bool Label(string text, double x, double y, string anchor, string? transform = null)
    {
        _xml.WriteStartElement("text");
        Attributes(("x", Text(x)), ("y", Text(y)), ("text-anchor", anchor));
        if (transform is not null)
        {
            Attributes(("transform", transform));
        }

        _xml.WriteString(text);
        _xml.WriteEndElement();
        return true;
    }

    private void Element(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        _xml.WriteStartElement(name);
        Attributes(attributes);
        _xml.WriteEndElement();
    }

    private void Attributes(params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        foreach ((string name, string value) in attributes)
        {
            _xml.WriteAttributeString(name, value);
        }
    }
}
