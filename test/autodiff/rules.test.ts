import { describe, expect, it } from "vitest";
import { vjpRules } from "../../src/autodiff/rules/index.ts";
import type { Operator } from "../../src/graph/operator.ts";
import { type OperatorName, operators } from "../../src/ops/index.ts";
import { checkGradients } from "../support/checkGradients.ts";
import {
  type CaseInput,
  caseShape,
  caseTensor,
  type OperatorCase,
  operatorCases,
} from "../support/operatorCases.ts";

const names = Object.keys(operators) as OperatorName[];
const withRule = names.filter((name) => typeof vjpRules[name] === "function");

describe("gradient rules", () => {
  it("exist only for operators that have a case", () => {
    expect(withRule.filter((name) => operatorCases[name].every(({ jumps }) => jumps))).toEqual([]);
  });

  for (const name of withRule) {
    const cases = (operatorCases[name] as readonly OperatorCase<unknown>[]).filter(({ jumps }) => !jumps);
    it.each(cases)(`${name} agrees with central differences: %j`, ({ inputs, attributes }) => {
      const fed = inputs.map((input: CaseInput, index) => ({
        shape: caseShape(input),
        tensor: caseTensor(input, `${name} ${index}`),
      }));
      const op = operators[name] as Operator<string, unknown>;
      for (const check of checkGradients(fed, (g, values) => g.apply(op, values, attributes))) {
        const scale = Math.max(1, ...check.differences.map(Math.abs));
        for (const [position, expected] of check.differences.entries())
          expect.soft(Math.abs(check.rule[position]! - expected) / scale, check.input).toBeLessThan(1e-7);
      }
    });
  }
});
