namespace MacroCausal.Search.Samplers;

/// <summary>How configurations are proposed.</summary>
public enum SamplerKind
{
    /// <summary>Multivariate tree-structured Parzen estimator: hyperparameters are modelled together.</summary>
    Tpe,

    /// <summary>Univariate tree-structured Parzen estimator: every hyperparameter is modelled by itself.</summary>
    TpeUnivariate,

    /// <summary>At random.</summary>
    Random,
}
