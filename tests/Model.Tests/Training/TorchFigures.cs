namespace MacroCausal.Model.Tests.Training;

/// <summary>
/// What PyTorch 1.13 (Debian's python3-torch) computes for the network of <see cref="GoldenStepTests"/>. With <c>m =
/// nn.Sequential(Linear(3, 4), BatchNorm1d(4), ReLU(), Dropout(0), Linear(4, 3), BatchNorm1d(3), ReLU(), Dropout(0), Linear(3, 1))</c>,
/// parameter i of all parameters in order <c>0.8 * sin(1 + 0.7 i)</c>, x <c>cos(0.2 + 0.9 k)</c> as [5, 3] and y <c>sin(0.5 + 1.3 k)</c>,
/// five steps of <c>loss = ((m(x).squeeze(1) - y) ** 2).mean()</c> under <c>torch.optim.Adam(m.parameters(), lr=0.01,
/// weight_decay=0.1)</c>; the forward pass and the gradient of the first, then what is left, then <c>m.eval()(x)</c>.
/// </summary>
internal static class TorchFigures
{
    public static readonly float[] Forward =
    [
        -0.0339744277f, 0.537027061f, 0.244646505f, 0.616915524f, 0.094191581f,
    ];

    public static readonly float[] Gradient =
    [
        -0.0765366405f, 0.00693762116f, 0.0851616263f, 0.0952138528f, 0.0531060025f, -0.0291914176f, -4.73847758e-05f, -0.00443962961f,
        -0.00547204539f, -0.00143848301f, 0.000148494728f, 0.00162309594f, -7.4505806e-09f, -2.60770321e-08f,
        9.31322575e-09f, 9.31322575e-10f,
        0.013200053f, 0.243317768f, -0.169388667f, -0.0584288053f, 0f, 0.0196574032f, -0.118579842f, -0.0533054434f,
        0f, 0f, 0f, 0f, 0.00136655942f, 0.00395214837f, 0.00930156745f, 0.00578284869f,
        0.00615375722f, -0.0900396556f, 0.213643134f, -0.00399787165f, 0f, -9.31322575e-09f, 0f, 0f,
        -0.229056835f, -0.306040198f, 0f, 0.26519382f, 0.221325591f, 0f, 0.0712287202f, 0.631187677f,
        0.586496055f,
    ];

    public static readonly float[] Losses =
    [
        0.674348354f, 0.640366733f, 0.608628154f, 0.580622911f, 0.554437399f,
    ];

    public static readonly float[] Parameters =
    [
        0.705094934f, 0.743347764f, 0.490493029f, -0.016234044f, -0.485370725f, -0.732112348f, -0.656814754f, -0.251216561f,
        0.22808978f, 0.630415976f, 0.741546094f, 0.480471015f, -0.011621777f, -0.450154811f, -0.734808862f, -0.650429428f,
        -0.2387833f, 0.211938262f, 0.734301269f, 0.739259303f, 0.470324367f, -0.0434248671f, -0.463221818f, -0.737362683f,
        -0.64383018f, -0.224183202f, 0.224850059f, 0.644183695f, 0.73713541f, 0.46011585f, -0.0570513308f, -0.4709014f,
        -0.739328325f, -0.637025595f, -0.311410844f, 0.23729305f, 0.650772512f, 0.73467046f, 0.44960013f, 0.0119467052f,
        -0.481552571f, -0.742240906f, -0.630045116f, -0.297813386f, 0.250203162f, 0.657163322f, 0.732606709f, 0.439625412f,
        -0.0832501948f,
    ];

    public static readonly float[] Statistics =
    [
        0.0576861799f, -0.226332188f, -0.338792026f, -0.22166957f, 1.39779389f, 0.920180619f, 0.815146267f, 1.36458278f,
        0.145765424f, 0.483581811f, 0.00148543983f, 0.610316634f, 0.626074195f, 0.641280234f,
    ];

    public static readonly float[] Prediction =
    [
        -0.0600859225f, 0.0678546876f, -0.0832501948f, 0.112149939f, -0.0747194886f,
    ];
}
