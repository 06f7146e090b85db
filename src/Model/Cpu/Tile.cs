namespace MacroCausal.Model.Cpu;

/// <summary>A piece of C = A B that fits into the registers: where its first row begins in each matrix.</summary>
internal readonly unsafe struct Tile(float* a, nint aRow, nint aColumn, float* b, nint bRow, float* c, nint cRow, int inner)
{
    public readonly float* A = a;
    public readonly nint ARow = aRow;
    public readonly nint AColumn = aColumn;
    public readonly float* B = b;
    public readonly nint BRow = bRow;
    public readonly float* C = c;
    public readonly nint CRow = cRow;
    public readonly int Inner = inner;

    /// <summary>The tile that begins some rows earlier.</summary>
    public Tile Back(int rows) => new(A - rows * ARow, ARow, AColumn, B, BRow, C - rows * CRow, CRow, Inner);
}
