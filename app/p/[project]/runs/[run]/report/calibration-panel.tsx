import { formatNumber } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { ShareText } from "@/app/components/share-text";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { RewardReport } from "@/domain/runs/reward-report";
import { IntervalBar } from "./interval-bar";

const COIN_LOG_LOSS = Math.LN2;

/** Whether the model is right as often as it is sure. */
export function CalibrationPanel({ calibration }: { calibration: RewardReport["calibration"] }) {
  const { bins, expectedCalibrationError, logLoss } = calibration;
  return (
    <Panel title="Calibration">
      <div className="grid gap-3">
        <p className="text-muted">
          The gap between two scores says how confident the model is: a calibrated model is right as often as it is
          confident.
        </p>
        <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1.5">
          <dt className="text-muted">Expected calibration error</dt>
          <dd className="tabular-nums">
            {expectedCalibrationError === null ? "not known" : `${formatNumber(expectedCalibrationError * 100)} %`}
          </dd>
          <dt className="text-muted">Log loss</dt>
          <dd className="tabular-nums">
            {logLoss === null ? "not known" : `${formatNumber(logLoss)} nats`}{" "}
            <span className="text-muted">(chance: {formatNumber(COIN_LOG_LOSS)})</span>
          </dd>
        </dl>
        {bins.length > 0 && (
          <Table>
            <thead>
              <tr>
                <Th>Confidence</Th>
                <Th>Right order</Th>
                <Th>
                  <span className="sr-only">On a line from 0 to 1, with the mean confidence marked</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {bins.map((bin) => (
                <Tr key={bin.from}>
                  <Td className="tabular-nums">
                    {Math.round(bin.from * 100)}–{Math.round(bin.to * 100)} %
                  </Td>
                  <Td>
                    <ShareText share={bin.accuracy} />
                  </Td>
                  <Td className="pt-3">
                    <IntervalBar share={bin.accuracy} marks={[bin.confidence]} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </div>
    </Panel>
  );
}
