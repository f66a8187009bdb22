"""The self-checking testbench, plain Verilog for Icarus, Verilator and the vendors' simulators alike."""

__all__ = ["BENCH", "testbench"]

from symbolnet.hardware._program import Program
from symbolnet.hardware._verilog import TOP, Port, ports_of

BENCH = "testbench"


def testbench(program: Program, stages: int, vectors: int) -> str:
    """Return a testbench that drives every vector of inputs.hex, one a clock, and compares with expected.hex.

    It ends with the line ``VECTORS n MISMATCHES m``, m being the number of vectors with any wrong bit.
    """
    inputs, outputs = ports_of(program)
    width_in, width_out = _total(inputs), _total(outputs)
    connections = [f".{port.name}(x_{port.name})" for port in inputs] + [f".{p.name}(y_{p.name})" for p in outputs]
    wires = [f"  wire {port.range} x_{port.name} = stimulus[{high}:{low}];" for port, high, low in _placed(inputs)]
    wires += [f"  wire {port.range} y_{port.name};" for port in outputs]
    together = ", ".join(f"y_{port.name}" for port in reversed(outputs))
    return f"""`timescale 1ns / 1ps
// Vector k is applied before one rising edge; its result is there {stages} edge{"s" if stages != 1 else ""} later.
module {BENCH};
  parameter VECTORS = {vectors};
  parameter LATENCY = {stages};
  reg clk = 1'b0;
  reg [{width_in - 1}:0] stimulus;
  reg [{width_in - 1}:0] stimuli [0:VECTORS-1];
  reg [{width_out - 1}:0] expected [0:VECTORS-1];
{chr(10).join(wires)}
  wire [{width_out - 1}:0] response = {{{together}}};
  integer k, mismatches;

  {TOP} dut (.clk(clk), {", ".join(connections)});

  always #2.5 clk = ~clk;

  initial begin
    $readmemh("inputs.hex", stimuli);
    $readmemh("expected.hex", expected);
    mismatches = 0;
    stimulus = stimuli[0];
    for (k = 0; k <= VECTORS + LATENCY; k = k + 1) begin
      @(negedge clk);
      if (k > LATENCY) begin
        if (response !== expected[k - LATENCY - 1]) begin
          if (mismatches < 5)
            $display("vector %0d: %h instead of %h", k - LATENCY - 1, response, expected[k - LATENCY - 1]);
          mismatches = mismatches + 1;
        end
      end
      if (k < VECTORS) stimulus = stimuli[k];
    end
    $display("VECTORS %0d MISMATCHES %0d", VECTORS, mismatches);
    $finish;
  end
endmodule
"""


def _total(ports: list[Port]) -> int:
    return sum(max(port.format.width, 1) for port in ports)


def _placed(ports: list[Port]) -> list[tuple[Port, int, int]]:
    placed, at = [], 0
    for port in ports:
        width = max(port.format.width, 1)
        placed.append((port, at + width - 1, at))
        at += width
    return placed
