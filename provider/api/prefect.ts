// Prefect's own types, of the version that tools/toolchain/requirements.txt pins. An answer always has each of its
// fields; what a body needn't have is optional. An object that both may have is "<name>-Input" in bodies.
// Written by `node dist/tools/prefectTypes.js`.
export interface components {
  schemas: {
    Automation: {
      name: string;
      description: string;
      enabled: boolean;
      tags: string[];
      trigger:
        | components["schemas"]["EventTrigger-Output"]
        | components["schemas"]["CompoundTrigger-Output"]
        | components["schemas"]["SequenceTrigger-Output"];
      actions: (
        | components["schemas"]["DoNothing"]
        | components["schemas"]["RunDeployment-Output"]
        | components["schemas"]["PauseDeployment"]
        | components["schemas"]["ResumeDeployment"]
        | components["schemas"]["CancelFlowRun"]
        | components["schemas"]["DeleteFlowRun"]
        | components["schemas"]["ChangeFlowRunState"]
        | components["schemas"]["PauseWorkQueue"]
        | components["schemas"]["ResumeWorkQueue"]
        | components["schemas"]["SendNotification"]
        | components["schemas"]["CallWebhook"]
        | components["schemas"]["PauseAutomation"]
        | components["schemas"]["ResumeAutomation"]
        | components["schemas"]["SuspendFlowRun"]
        | components["schemas"]["ResumeFlowRun"]
        | components["schemas"]["PauseWorkPool"]
        | components["schemas"]["ResumeWorkPool"]
      )[];
      actions_on_trigger: (
        | components["schemas"]["DoNothing"]
        | components["schemas"]["RunDeployment-Output"]
        | components["schemas"]["PauseDeployment"]
        | components["schemas"]["ResumeDeployment"]
        | components["schemas"]["CancelFlowRun"]
        | components["schemas"]["DeleteFlowRun"]
        | components["schemas"]["ChangeFlowRunState"]
        | components["schemas"]["PauseWorkQueue"]
        | components["schemas"]["ResumeWorkQueue"]
        | components["schemas"]["SendNotification"]
        | components["schemas"]["CallWebhook"]
        | components["schemas"]["PauseAutomation"]
        | components["schemas"]["ResumeAutomation"]
        | components["schemas"]["SuspendFlowRun"]
        | components["schemas"]["ResumeFlowRun"]
        | components["schemas"]["PauseWorkPool"]
        | components["schemas"]["ResumeWorkPool"]
      )[];
      actions_on_resolve: (
        | components["schemas"]["DoNothing"]
        | components["schemas"]["RunDeployment-Output"]
        | components["schemas"]["PauseDeployment"]
        | components["schemas"]["ResumeDeployment"]
        | components["schemas"]["CancelFlowRun"]
        | components["schemas"]["DeleteFlowRun"]
        | components["schemas"]["ChangeFlowRunState"]
        | components["schemas"]["PauseWorkQueue"]
        | components["schemas"]["ResumeWorkQueue"]
        | components["schemas"]["SendNotification"]
        | components["schemas"]["CallWebhook"]
        | components["schemas"]["PauseAutomation"]
        | components["schemas"]["ResumeAutomation"]
        | components["schemas"]["SuspendFlowRun"]
        | components["schemas"]["ResumeFlowRun"]
        | components["schemas"]["PauseWorkPool"]
        | components["schemas"]["ResumeWorkPool"]
      )[];
      id: string;
      created: string | null;
      updated: string | null;
    };
    AutomationCreate: {
      name: string;
      description?: string;
      enabled?: boolean;
      tags?: string[];
      trigger:
        | components["schemas"]["EventTrigger-Input"]
        | components["schemas"]["CompoundTrigger-Input"]
        | components["schemas"]["SequenceTrigger-Input"];
      actions: (
        | components["schemas"]["DoNothing-Input"]
        | components["schemas"]["RunDeployment-Input"]
        | components["schemas"]["PauseDeployment-Input"]
        | components["schemas"]["ResumeDeployment-Input"]
        | components["schemas"]["CancelFlowRun-Input"]
        | components["schemas"]["DeleteFlowRun-Input"]
        | components["schemas"]["ChangeFlowRunState-Input"]
        | components["schemas"]["PauseWorkQueue-Input"]
        | components["schemas"]["ResumeWorkQueue-Input"]
        | components["schemas"]["SendNotification-Input"]
        | components["schemas"]["CallWebhook-Input"]
        | components["schemas"]["PauseAutomation-Input"]
        | components["schemas"]["ResumeAutomation-Input"]
        | components["schemas"]["SuspendFlowRun-Input"]
        | components["schemas"]["ResumeFlowRun-Input"]
        | components["schemas"]["PauseWorkPool-Input"]
        | components["schemas"]["ResumeWorkPool-Input"]
      )[];
      actions_on_trigger?: (
        | components["schemas"]["DoNothing-Input"]
        | components["schemas"]["RunDeployment-Input"]
        | components["schemas"]["PauseDeployment-Input"]
        | components["schemas"]["ResumeDeployment-Input"]
        | components["schemas"]["CancelFlowRun-Input"]
        | components["schemas"]["DeleteFlowRun-Input"]
        | components["schemas"]["ChangeFlowRunState-Input"]
        | components["schemas"]["PauseWorkQueue-Input"]
        | components["schemas"]["ResumeWorkQueue-Input"]
        | components["schemas"]["SendNotification-Input"]
        | components["schemas"]["CallWebhook-Input"]
        | components["schemas"]["PauseAutomation-Input"]
        | components["schemas"]["ResumeAutomation-Input"]
        | components["schemas"]["SuspendFlowRun-Input"]
        | components["schemas"]["ResumeFlowRun-Input"]
        | components["schemas"]["PauseWorkPool-Input"]
        | components["schemas"]["ResumeWorkPool-Input"]
      )[];
      actions_on_resolve?: (
        | components["schemas"]["DoNothing-Input"]
        | components["schemas"]["RunDeployment-Input"]
        | components["schemas"]["PauseDeployment-Input"]
        | components["schemas"]["ResumeDeployment-Input"]
        | components["schemas"]["CancelFlowRun-Input"]
        | components["schemas"]["DeleteFlowRun-Input"]
        | components["schemas"]["ChangeFlowRunState-Input"]
        | components["schemas"]["PauseWorkQueue-Input"]
        | components["schemas"]["ResumeWorkQueue-Input"]
        | components["schemas"]["SendNotification-Input"]
        | components["schemas"]["CallWebhook-Input"]
        | components["schemas"]["PauseAutomation-Input"]
        | components["schemas"]["ResumeAutomation-Input"]
        | components["schemas"]["SuspendFlowRun-Input"]
        | components["schemas"]["ResumeFlowRun-Input"]
        | components["schemas"]["PauseWorkPool-Input"]
        | components["schemas"]["ResumeWorkPool-Input"]
      )[];
      owner_resource?: string | null;
    };
    AutomationUpdate: {
      name: string;
      description?: string;
      enabled?: boolean;
      tags?: string[];
      trigger:
        | components["schemas"]["EventTrigger-Input"]
        | components["schemas"]["CompoundTrigger-Input"]
        | components["schemas"]["SequenceTrigger-Input"];
      actions: (
        | components["schemas"]["DoNothing-Input"]
        | components["schemas"]["RunDeployment-Input"]
        | components["schemas"]["PauseDeployment-Input"]
        | components["schemas"]["ResumeDeployment-Input"]
        | components["schemas"]["CancelFlowRun-Input"]
        | components["schemas"]["DeleteFlowRun-Input"]
        | components["schemas"]["ChangeFlowRunState-Input"]
        | components["schemas"]["PauseWorkQueue-Input"]
        | components["schemas"]["ResumeWorkQueue-Input"]
        | components["schemas"]["SendNotification-Input"]
        | components["schemas"]["CallWebhook-Input"]
        | components["schemas"]["PauseAutomation-Input"]
        | components["schemas"]["ResumeAutomation-Input"]
        | components["schemas"]["SuspendFlowRun-Input"]
        | components["schemas"]["ResumeFlowRun-Input"]
        | components["schemas"]["PauseWorkPool-Input"]
        | components["schemas"]["ResumeWorkPool-Input"]
      )[];
      actions_on_trigger?: (
        | components["schemas"]["DoNothing-Input"]
        | components["schemas"]["RunDeployment-Input"]
        | components["schemas"]["PauseDeployment-Input"]
        | components["schemas"]["ResumeDeployment-Input"]
        | components["schemas"]["CancelFlowRun-Input"]
        | components["schemas"]["DeleteFlowRun-Input"]
        | components["schemas"]["ChangeFlowRunState-Input"]
        | components["schemas"]["PauseWorkQueue-Input"]
        | components["schemas"]["ResumeWorkQueue-Input"]
        | components["schemas"]["SendNotification-Input"]
        | components["schemas"]["CallWebhook-Input"]
        | components["schemas"]["PauseAutomation-Input"]
        | components["schemas"]["ResumeAutomation-Input"]
        | components["schemas"]["SuspendFlowRun-Input"]
        | components["schemas"]["ResumeFlowRun-Input"]
        | components["schemas"]["PauseWorkPool-Input"]
        | components["schemas"]["ResumeWorkPool-Input"]
      )[];
      actions_on_resolve?: (
        | components["schemas"]["DoNothing-Input"]
        | components["schemas"]["RunDeployment-Input"]
        | components["schemas"]["PauseDeployment-Input"]
        | components["schemas"]["ResumeDeployment-Input"]
        | components["schemas"]["CancelFlowRun-Input"]
        | components["schemas"]["DeleteFlowRun-Input"]
        | components["schemas"]["ChangeFlowRunState-Input"]
        | components["schemas"]["PauseWorkQueue-Input"]
        | components["schemas"]["ResumeWorkQueue-Input"]
        | components["schemas"]["SendNotification-Input"]
        | components["schemas"]["CallWebhook-Input"]
        | components["schemas"]["PauseAutomation-Input"]
        | components["schemas"]["ResumeAutomation-Input"]
        | components["schemas"]["SuspendFlowRun-Input"]
        | components["schemas"]["ResumeFlowRun-Input"]
        | components["schemas"]["PauseWorkPool-Input"]
        | components["schemas"]["ResumeWorkPool-Input"]
      )[];
    };
    BlockDocument: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string | null;
      data: {
        [key: string]: unknown;
      };
      block_schema_id: string;
      block_schema: components["schemas"]["BlockSchema"] | null;
      block_type_id: string;
      block_type_name: string | null;
      block_type: components["schemas"]["BlockType"] | null;
      block_document_references: {
        [key: string]: {
          [key: string]: unknown;
        };
      };
      is_anonymous: boolean;
    };
    BlockDocumentCreate: {
      name?: string | null;
      data?: {
        [key: string]: unknown;
      };
      block_schema_id: string;
      block_type_id: string;
      is_anonymous?: boolean;
    };
    BlockDocumentUpdate: {
      block_schema_id?: string | null;
      data?: {
        [key: string]: unknown;
      };
      merge_existing_data?: boolean;
    };
    BlockSchema: {
      id: string;
      created: string | null;
      updated: string | null;
      checksum: string;
      fields: {
        [key: string]: unknown;
      };
      block_type_id: string | null;
      block_type: components["schemas"]["BlockType"] | null;
      capabilities: string[];
      version: string;
    };
    BlockSchemaCreate: {
      fields?: {
        [key: string]: unknown;
      };
      block_type_id: string;
      capabilities?: string[];
      version?: string;
    };
    BlockType: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string;
      slug: string;
      logo_url: string | null;
      documentation_url: string | null;
      description: string | null;
      code_example: string | null;
      is_protected: boolean;
    };
    BlockTypeCreate: {
      name: string;
      slug: string;
      logo_url?: string | null;
      documentation_url?: string | null;
      description?: string | null;
      code_example?: string | null;
    };
    BlockTypeUpdate: {
      logo_url?: string | null;
      documentation_url?: string | null;
      description?: string | null;
      code_example?: string | null;
    };
    CallWebhook: {
      type: "call-webhook";
      block_document_id: string;
      payload: string;
    };
    "CallWebhook-Input": {
      type?: "call-webhook";
      block_document_id: string;
      payload?: string;
    };
    CancelFlowRun: {
      type: "cancel-flow-run";
    };
    "CancelFlowRun-Input": {
      type?: "cancel-flow-run";
    };
    ChangeFlowRunState: {
      type: "change-flow-run-state";
      name: string | null;
      state: components["schemas"]["StateType"];
      message: string | null;
      force: boolean;
    };
    "ChangeFlowRunState-Input": {
      type?: "change-flow-run-state";
      name?: string | null;
      state: components["schemas"]["StateType"];
      message?: string | null;
      force?: boolean;
    };
    "CompoundTrigger-Input": {
      type?: "compound";
      id?: string;
      triggers: (
        | components["schemas"]["EventTrigger-Input"]
        | components["schemas"]["CompoundTrigger-Input"]
        | components["schemas"]["SequenceTrigger-Input"]
      )[];
      within: string | null;
      require: number | ("any" | "all");
    };
    "CompoundTrigger-Output": {
      type: "compound";
      id: string;
      triggers: (
        | components["schemas"]["EventTrigger-Output"]
        | components["schemas"]["CompoundTrigger-Output"]
        | components["schemas"]["SequenceTrigger-Output"]
      )[];
      within: number | null;
      require: number | ("any" | "all");
    };
    ConcurrencyLimit: {
      id: string;
      created: string | null;
      updated: string | null;
      tag: string;
      concurrency_limit: number;
      active_slots: string[];
    };
    ConcurrencyLimitCreate: {
      tag: string;
      concurrency_limit: number;
    };
    ConcurrencyLimitStrategy: "ENQUEUE" | "CANCEL_NEW";
    ConcurrencyLimitV2Create: {
      active?: boolean;
      name: string;
      limit: number;
      active_slots?: number;
      denied_slots?: number;
      slot_decay_per_second?: number;
    };
    ConcurrencyLimitV2Update: {
      active?: boolean | null;
      name?: string | null;
      limit?: number | null;
      active_slots?: number | null;
      denied_slots?: number | null;
      slot_decay_per_second?: number | null;
    };
    ConcurrencyOptions: {
      collision_strategy: components["schemas"]["ConcurrencyLimitStrategy"];
      grace_period_seconds: number | null;
    };
    "ConcurrencyOptions-Input": {
      collision_strategy: components["schemas"]["ConcurrencyLimitStrategy"];
      grace_period_seconds?: number | null;
    };
    CreatedBy: {
      id: string | null;
      type: string | null;
      display_value: string | null;
    };
    CronSchedule: {
      cron: string;
      timezone: string | null;
      day_or: boolean;
    };
    "CronSchedule-Input": {
      cron: string;
      timezone?: string | null;
      day_or?: boolean;
    };
    DeleteFlowRun: {
      type: "delete-flow-run";
    };
    "DeleteFlowRun-Input": {
      type?: "delete-flow-run";
    };
    DeploymentCreate: {
      name: string;
      flow_id: string;
      paused?: boolean;
      schedules?: components["schemas"]["DeploymentScheduleCreate"][];
      concurrency_limit?: number | null;
      concurrency_options?: components["schemas"]["ConcurrencyOptions-Input"] | null;
      global_concurrency_limit_id?: string | null;
      enforce_parameter_schema?: boolean;
      parameter_openapi_schema?:
        | {
            [key: string]: unknown;
          }
        | {
            [key: string]: unknown;
          }
        | null;
      parameters?: {
        [key: string]: unknown;
      };
      tags?: string[];
      labels?: {
        [key: string]: boolean | number | string;
      } | null;
      pull_steps?:
        | {
            [key: string]: unknown;
          }[]
        | null;
      work_queue_name?: string | null;
      work_pool_name?: string | null;
      storage_document_id?: string | null;
      infrastructure_document_id?: string | null;
      description?: string | null;
      path?: string | null;
      version?: string | null;
      entrypoint?: string | null;
      job_variables?: {
        [key: string]: unknown;
      };
      version_info?: components["schemas"]["VersionInfo"] | null;
    };
    DeploymentFlowRunCreate: {
      state?: components["schemas"]["StateCreate"] | null;
      name?: string;
      parameters?: {
        [key: string]: unknown;
      };
      enforce_parameter_schema?: boolean | null;
      context?: {
        [key: string]: unknown;
      };
      infrastructure_document_id?: string | null;
      empirical_policy?: components["schemas"]["FlowRunPolicy-Input"];
      tags?: string[];
      idempotency_key?: string | null;
      labels?: {
        [key: string]: boolean | number | string;
      } | null;
      parent_task_run_id?: string | null;
      work_queue_name?: string | null;
      job_variables?:
        | {
            [key: string]: unknown;
          }
        | {
            [key: string]: unknown;
          }
        | null;
    };
    DeploymentResponse: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string;
      version: string | null;
      description: string | null;
      flow_id: string;
      paused: boolean;
      schedules: components["schemas"]["DeploymentSchedule"][];
      concurrency_limit: number | null;
      global_concurrency_limit: components["schemas"]["GlobalConcurrencyLimitResponse"] | null;
      concurrency_options: components["schemas"]["ConcurrencyOptions"] | null;
      job_variables: {
        [key: string]: unknown;
      };
      parameters: {
        [key: string]: unknown;
      };
      tags: string[];
      labels: {
        [key: string]: boolean | number | string;
      };
      work_queue_name: string | null;
      work_queue_id: string | null;
      last_polled: string | null;
      parameter_openapi_schema:
        | {
            [key: string]: unknown;
          }
        | {
            [key: string]: unknown;
          }
        | null;
      path: string | null;
      pull_steps:
        | {
            [key: string]: unknown;
          }[]
        | null;
      entrypoint: string | null;
      storage_document_id: string | null;
      infrastructure_document_id: string | null;
      created_by: components["schemas"]["CreatedBy"] | null;
      updated_by: components["schemas"]["UpdatedBy"] | null;
      work_pool_name: string | null;
      status: components["schemas"]["DeploymentStatus"] | null;
      enforce_parameter_schema: boolean;
    };
    DeploymentSchedule: {
      id: string;
      created: string | null;
      updated: string | null;
      deployment_id: string | null;
      schedule:
        | components["schemas"]["IntervalSchedule-Output"]
        | components["schemas"]["CronSchedule"]
        | components["schemas"]["RRuleSchedule"];
      active: boolean;
      max_scheduled_runs: number | null;
      parameters: {
        [key: string]: unknown;
      };
      slug: string | null;
    };
    DeploymentScheduleCreate: {
      active?: boolean;
      schedule:
        | components["schemas"]["IntervalSchedule-Input"]
        | components["schemas"]["CronSchedule-Input"]
        | components["schemas"]["RRuleSchedule-Input"];
      max_scheduled_runs?: number | null;
      parameters?: {
        [key: string]: unknown;
      };
      slug?: string | null;
      replaces?: string | null;
    };
    DeploymentScheduleUpdate: {
      active?: boolean | null;
      schedule?:
        | components["schemas"]["IntervalSchedule-Input"]
        | components["schemas"]["CronSchedule-Input"]
        | components["schemas"]["RRuleSchedule-Input"]
        | null;
      max_scheduled_runs?: number | null;
      parameters?: {
        [key: string]: unknown;
      };
      slug?: string | null;
      replaces?: string | null;
    };
    DeploymentStatus: "READY" | "NOT_READY";
    DeploymentUpdate: {
      version?: string | null;
      description?: string | null;
      paused?: boolean;
      schedules?: components["schemas"]["DeploymentScheduleUpdate"][];
      concurrency_limit?: number | null;
      concurrency_options?: components["schemas"]["ConcurrencyOptions-Input"] | null;
      global_concurrency_limit_id?: string | null;
      parameters?: {
        [key: string]: unknown;
      } | null;
      parameter_openapi_schema?: {
        [key: string]: unknown;
      } | null;
      tags?: string[];
      work_queue_name?: string | null;
      work_pool_name?: string | null;
      path?: string | null;
      job_variables?: {
        [key: string]: unknown;
      } | null;
      pull_steps?:
        | {
            [key: string]: unknown;
          }[]
        | null;
      entrypoint?: string | null;
      storage_document_id?: string | null;
      infrastructure_document_id?: string | null;
      enforce_parameter_schema?: boolean | null;
      version_info?: components["schemas"]["VersionInfo"] | null;
    };
    DoNothing: {
      type: "do-nothing";
    };
    "DoNothing-Input": {
      type?: "do-nothing";
    };
    "EventTrigger-Input": {
      type?: "event";
      id?: string;
      match?:
        | components["schemas"]["ResourceSpecification"]
        | {
            [key: string]: string | string[];
          };
      match_related?:
        | components["schemas"]["ResourceSpecification"]
        | {
            [key: string]: string | string[];
          }
        | (
            | components["schemas"]["ResourceSpecification"]
            | {
                [key: string]: string | string[];
              }
          )[];
      after?: string[];
      expect?: string[];
      for_each?: string[];
      posture: "Reactive" | "Proactive";
      threshold?: number;
      within?: string;
    };
    "EventTrigger-Output": {
      type: "event";
      id: string;
      match:
        | components["schemas"]["ResourceSpecification"]
        | {
            [key: string]: string | string[];
          };
      match_related:
        | components["schemas"]["ResourceSpecification"]
        | {
            [key: string]: string | string[];
          }
        | (
            | components["schemas"]["ResourceSpecification"]
            | {
                [key: string]: string | string[];
              }
          )[];
      after: string[];
      expect: string[];
      for_each: string[];
      posture: "Reactive" | "Proactive";
      threshold: number;
      within: number;
    };
    Flow: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string;
      tags: string[];
      labels: {
        [key: string]: boolean | number | string;
      } | null;
    };
    FlowCreate: {
      name: string;
      tags?: string[];
      labels?: {
        [key: string]: boolean | number | string;
      } | null;
    };
    FlowRunPolicy: {
      max_retries: number;
      retry_delay_seconds: number;
      retries: number | null;
      retry_delay: number | null;
      pause_keys: string[] | null;
      resuming: boolean | null;
      retry_type: ("in_process" | "reschedule") | null;
    };
    "FlowRunPolicy-Input": {
      max_retries?: number;
      retry_delay_seconds?: number;
      retries?: number | null;
      retry_delay?: number | null;
      pause_keys?: string[] | null;
      resuming?: boolean | null;
      retry_type?: ("in_process" | "reschedule") | null;
    };
    FlowRunResponse: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string;
      flow_id: string;
      state_id: string | null;
      deployment_id: string | null;
      deployment_version: string | null;
      work_queue_id: string | null;
      work_queue_name: string | null;
      flow_version: string | null;
      parameters: {
        [key: string]: unknown;
      };
      idempotency_key: string | null;
      context: {
        [key: string]: unknown;
      };
      empirical_policy: components["schemas"]["FlowRunPolicy"];
      tags: string[];
      labels: {
        [key: string]: boolean | number | string;
      };
      parent_task_run_id: string | null;
      state_type: components["schemas"]["StateType"] | null;
      state_name: string | null;
      run_count: number;
      expected_start_time: string | null;
      next_scheduled_start_time: string | null;
      start_time: string | null;
      end_time: string | null;
      total_run_time: number;
      estimated_run_time: number;
      estimated_start_time_delta: number;
      auto_scheduled: boolean;
      infrastructure_document_id: string | null;
      infrastructure_pid: string | null;
      created_by: components["schemas"]["CreatedBy"] | null;
      work_pool_id: string | null;
      work_pool_name: string | null;
      state: components["schemas"]["State"] | null;
      job_variables: {
        [key: string]: unknown;
      } | null;
    };
    FlowUpdate: {
      tags?: string[];
    };
    GlobalConcurrencyLimitResponse: {
      id: string;
      created: string | null;
      updated: string | null;
      active: boolean;
      name: string;
      limit: number;
      active_slots: number;
      slot_decay_per_second: number;
    };
    "IntervalSchedule-Input": {
      interval: string;
      anchor_date?: string;
      timezone?: string | null;
    };
    "IntervalSchedule-Output": {
      interval: number;
      anchor_date: string;
      timezone: string | null;
    };
    Log: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string;
      level: number;
      message: string;
      timestamp: string;
      flow_run_id: string | null;
      task_run_id: string | null;
    };
    PauseAutomation: {
      type: "pause-automation";
      source: "selected" | "inferred";
      automation_id: string | null;
    };
    "PauseAutomation-Input": {
      type?: "pause-automation";
      source?: "selected" | "inferred";
      automation_id?: string | null;
    };
    PauseDeployment: {
      type: "pause-deployment";
      source: "selected" | "inferred";
      deployment_id: string | null;
    };
    "PauseDeployment-Input": {
      type?: "pause-deployment";
      source?: "selected" | "inferred";
      deployment_id?: string | null;
    };
    PauseWorkPool: {
      type: "pause-work-pool";
      source: "selected" | "inferred";
      work_pool_id: string | null;
    };
    "PauseWorkPool-Input": {
      type?: "pause-work-pool";
      source?: "selected" | "inferred";
      work_pool_id?: string | null;
    };
    PauseWorkQueue: {
      type: "pause-work-queue";
      source: "selected" | "inferred";
      work_queue_id: string | null;
    };
    "PauseWorkQueue-Input": {
      type?: "pause-work-queue";
      source?: "selected" | "inferred";
      work_queue_id?: string | null;
    };
    QueueFilter: {
      tags: string[] | null;
      deployment_ids: string[] | null;
    };
    "QueueFilter-Input": {
      tags?: string[] | null;
      deployment_ids?: string[] | null;
    };
    RRuleSchedule: {
      rrule: string;
      timezone: string | null;
    };
    "RRuleSchedule-Input": {
      rrule: string;
      timezone?: string | null;
    };
    ResourceSpecification: {
      [key: string]: string | string[];
    };
    ResumeAutomation: {
      type: "resume-automation";
      source: "selected" | "inferred";
      automation_id: string | null;
    };
    "ResumeAutomation-Input": {
      type?: "resume-automation";
      source?: "selected" | "inferred";
      automation_id?: string | null;
    };
    ResumeDeployment: {
      type: "resume-deployment";
      source: "selected" | "inferred";
      deployment_id: string | null;
    };
    "ResumeDeployment-Input": {
      type?: "resume-deployment";
      source?: "selected" | "inferred";
      deployment_id?: string | null;
    };
    ResumeFlowRun: {
      type: "resume-flow-run";
    };
    "ResumeFlowRun-Input": {
      type?: "resume-flow-run";
    };
    ResumeWorkPool: {
      type: "resume-work-pool";
      source: "selected" | "inferred";
      work_pool_id: string | null;
    };
    "ResumeWorkPool-Input": {
      type?: "resume-work-pool";
      source?: "selected" | "inferred";
      work_pool_id?: string | null;
    };
    ResumeWorkQueue: {
      type: "resume-work-queue";
      source: "selected" | "inferred";
      work_queue_id: string | null;
    };
    "ResumeWorkQueue-Input": {
      type?: "resume-work-queue";
      source?: "selected" | "inferred";
      work_queue_id?: string | null;
    };
    "RunDeployment-Input": {
      type?: "run-deployment";
      source?: "selected" | "inferred";
      deployment_id?: string | null;
      parameters?: {
        [key: string]: unknown;
      } | null;
      job_variables?: {
        [key: string]: unknown;
      } | null;
      schedule_after?: string;
    };
    "RunDeployment-Output": {
      type: "run-deployment";
      source: "selected" | "inferred";
      deployment_id: string | null;
      parameters: {
        [key: string]: unknown;
      } | null;
      job_variables: {
        [key: string]: unknown;
      } | null;
      schedule_after: number;
    };
    SavedSearch: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string;
      filters: components["schemas"]["SavedSearchFilter"][];
    };
    SavedSearchFilter: {
      object: string;
      property: string;
      type: string;
      operation: string;
      value: unknown;
    };
    SendNotification: {
      type: "send-notification";
      block_document_id: string;
      subject: string;
      body: string;
    };
    "SendNotification-Input": {
      type?: "send-notification";
      block_document_id: string;
      subject?: string;
      body: string;
    };
    "SequenceTrigger-Input": {
      type?: "sequence";
      id?: string;
      triggers: (
        | components["schemas"]["EventTrigger-Input"]
        | components["schemas"]["CompoundTrigger-Input"]
        | components["schemas"]["SequenceTrigger-Input"]
      )[];
      within: string | null;
    };
    "SequenceTrigger-Output": {
      type: "sequence";
      id: string;
      triggers: (
        | components["schemas"]["EventTrigger-Output"]
        | components["schemas"]["CompoundTrigger-Output"]
        | components["schemas"]["SequenceTrigger-Output"]
      )[];
      within: number | null;
    };
    State: {
      id: string;
      type: components["schemas"]["StateType"];
      name: string | null;
      timestamp: string;
      message: string | null;
      data: unknown | null;
      state_details: components["schemas"]["StateDetails"];
    };
    StateCreate: {
      type: components["schemas"]["StateType"];
      name?: string | null;
      message?: string | null;
      data?: unknown | null;
      state_details?: components["schemas"]["StateDetails-Input"];
    };
    StateDetails: {
      flow_run_id: string | null;
      task_run_id: string | null;
      child_flow_run_id: string | null;
      scheduled_time: string | null;
      cache_key: string | null;
      cache_expiration: string | null;
      deferred: boolean | null;
      untrackable_result: boolean;
      pause_timeout: string | null;
      pause_reschedule: boolean;
      pause_key: string | null;
      run_input_keyset: {
        [key: string]: string;
      } | null;
      refresh_cache: boolean | null;
      retriable: boolean | null;
      transition_id: string | null;
      task_parameters_id: string | null;
      traceparent: string | null;
      deployment_concurrency_lease_id: string | null;
    };
    "StateDetails-Input": {
      flow_run_id?: string | null;
      task_run_id?: string | null;
      child_flow_run_id?: string | null;
      scheduled_time?: string | null;
      cache_key?: string | null;
      cache_expiration?: string | null;
      deferred?: boolean | null;
      untrackable_result?: boolean;
      pause_timeout?: string | null;
      pause_reschedule?: boolean;
      pause_key?: string | null;
      run_input_keyset?: {
        [key: string]: string;
      } | null;
      refresh_cache?: boolean | null;
      retriable?: boolean | null;
      transition_id?: string | null;
      task_parameters_id?: string | null;
      traceparent?: string | null;
      deployment_concurrency_lease_id?: string | null;
    };
    StateType:
      "SCHEDULED" | "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED" | "CRASHED" | "PAUSED" | "CANCELLING";
    SuspendFlowRun: {
      type: "suspend-flow-run";
    };
    "SuspendFlowRun-Input": {
      type?: "suspend-flow-run";
    };
    UpdatedBy: {
      id: string | null;
      type: string | null;
      display_value: string | null;
    };
    Variable: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string;
      value:
        | string
        | number
        | boolean
        | {
            [key: string]: unknown;
          }
        | unknown[]
        | null;
      tags: string[];
    };
    VariableCreate: {
      name: string;
      value:
        | string
        | number
        | boolean
        | {
            [key: string]: unknown;
          }
        | unknown[]
        | null;
      tags?: string[];
    };
    VariableUpdate: {
      name?: string | null;
      value?:
        | string
        | number
        | boolean
        | {
            [key: string]: unknown;
          }
        | unknown[]
        | null;
      tags?: string[] | null;
    };
    VersionInfo: {
      type: string;
      version: string;
    } & {
      [key: string]: unknown;
    };
    WorkPoolCreate: {
      name: string;
      description?: string | null;
      type?: string;
      base_job_template?: {
        [key: string]: unknown;
      };
      is_paused?: boolean;
      concurrency_limit?: number | null;
      storage_configuration?: components["schemas"]["WorkPoolStorageConfiguration-Input"];
    };
    WorkPoolResponse: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string;
      description: string | null;
      type: string;
      base_job_template: {
        [key: string]: unknown;
      };
      is_paused: boolean;
      concurrency_limit: number | null;
      status: components["schemas"]["WorkPoolStatus"] | null;
      default_queue_id: string | null;
      storage_configuration: components["schemas"]["WorkPoolStorageConfiguration"];
      active_slots: number | null;
    };
    WorkPoolStatus: "READY" | "NOT_READY" | "PAUSED";
    WorkPoolStorageConfiguration: {
      bundle_upload_step: {
        [key: string]: unknown;
      } | null;
      bundle_execution_step: {
        [key: string]: unknown;
      } | null;
      default_result_storage_block_id: string | null;
    };
    "WorkPoolStorageConfiguration-Input": {
      bundle_upload_step?: {
        [key: string]: unknown;
      } | null;
      bundle_execution_step?: {
        [key: string]: unknown;
      } | null;
      default_result_storage_block_id?: string | null;
    };
    WorkPoolUpdate: {
      description?: string | null;
      is_paused?: boolean | null;
      base_job_template?: {
        [key: string]: unknown;
      } | null;
      concurrency_limit?: number | null;
      storage_configuration?: components["schemas"]["WorkPoolStorageConfiguration-Input"] | null;
    };
    WorkQueueCreate: {
      name: string;
      description?: string | null;
      is_paused?: boolean;
      concurrency_limit?: number | null;
      priority?: number | null;
      filter?: components["schemas"]["QueueFilter-Input"] | null;
    };
    WorkQueueResponse: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string;
      description: string | null;
      is_paused: boolean;
      concurrency_limit: number | null;
      priority: number;
      work_pool_id: string | null;
      filter: components["schemas"]["QueueFilter"] | null;
      last_polled: string | null;
      work_pool_name: string | null;
      status: components["schemas"]["WorkQueueStatus"] | null;
      active_slots: number | null;
    };
    WorkQueueStatus: "READY" | "NOT_READY" | "PAUSED";
    WorkQueueUpdate: {
      name?: string | null;
      description?: string | null;
      is_paused?: boolean;
      concurrency_limit?: number | null;
      priority?: number | null;
      last_polled?: string | null;
      filter?: components["schemas"]["QueueFilter-Input"] | null;
    };
    WorkerResponse: {
      id: string;
      created: string | null;
      updated: string | null;
      name: string;
      work_pool_id: string;
      last_heartbeat_time: string | null;
      heartbeat_interval_seconds: number | null;
      status: components["schemas"]["WorkerStatus"];
    };
    WorkerStatus: "ONLINE" | "OFFLINE";
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type Automation = components["schemas"]["Automation"];
export type AutomationCreate = components["schemas"]["AutomationCreate"];
export type AutomationUpdate = components["schemas"]["AutomationUpdate"];
export type BlockDocument = components["schemas"]["BlockDocument"];
export type BlockDocumentCreate = components["schemas"]["BlockDocumentCreate"];
export type BlockDocumentUpdate = components["schemas"]["BlockDocumentUpdate"];
export type BlockSchema = components["schemas"]["BlockSchema"];
export type BlockSchemaCreate = components["schemas"]["BlockSchemaCreate"];
export type BlockType = components["schemas"]["BlockType"];
export type BlockTypeCreate = components["schemas"]["BlockTypeCreate"];
export type BlockTypeUpdate = components["schemas"]["BlockTypeUpdate"];
export type CallWebhook = components["schemas"]["CallWebhook"];
export type CallWebhookInput = components["schemas"]["CallWebhook-Input"];
export type CancelFlowRun = components["schemas"]["CancelFlowRun"];
export type CancelFlowRunInput = components["schemas"]["CancelFlowRun-Input"];
export type ChangeFlowRunState = components["schemas"]["ChangeFlowRunState"];
export type ChangeFlowRunStateInput = components["schemas"]["ChangeFlowRunState-Input"];
export type CompoundTriggerInput = components["schemas"]["CompoundTrigger-Input"];
export type CompoundTriggerOutput = components["schemas"]["CompoundTrigger-Output"];
export type ConcurrencyLimit = components["schemas"]["ConcurrencyLimit"];
export type ConcurrencyLimitCreate = components["schemas"]["ConcurrencyLimitCreate"];
export type ConcurrencyLimitStrategy = components["schemas"]["ConcurrencyLimitStrategy"];
export type ConcurrencyLimitV2Create = components["schemas"]["ConcurrencyLimitV2Create"];
export type ConcurrencyLimitV2Update = components["schemas"]["ConcurrencyLimitV2Update"];
export type ConcurrencyOptions = components["schemas"]["ConcurrencyOptions"];
export type ConcurrencyOptionsInput = components["schemas"]["ConcurrencyOptions-Input"];
export type CreatedBy = components["schemas"]["CreatedBy"];
export type CronSchedule = components["schemas"]["CronSchedule"];
export type CronScheduleInput = components["schemas"]["CronSchedule-Input"];
export type DeleteFlowRun = components["schemas"]["DeleteFlowRun"];
export type DeleteFlowRunInput = components["schemas"]["DeleteFlowRun-Input"];
export type DeploymentCreate = components["schemas"]["DeploymentCreate"];
export type DeploymentFlowRunCreate = components["schemas"]["DeploymentFlowRunCreate"];
export type DeploymentResponse = components["schemas"]["DeploymentResponse"];
export type DeploymentSchedule = components["schemas"]["DeploymentSchedule"];
export type DeploymentScheduleCreate = components["schemas"]["DeploymentScheduleCreate"];
export type DeploymentScheduleUpdate = components["schemas"]["DeploymentScheduleUpdate"];
export type DeploymentStatus = components["schemas"]["DeploymentStatus"];
export type DeploymentUpdate = components["schemas"]["DeploymentUpdate"];
export type DoNothing = components["schemas"]["DoNothing"];
export type DoNothingInput = components["schemas"]["DoNothing-Input"];
export type EventTriggerInput = components["schemas"]["EventTrigger-Input"];
export type EventTriggerOutput = components["schemas"]["EventTrigger-Output"];
export type Flow = components["schemas"]["Flow"];
export type FlowCreate = components["schemas"]["FlowCreate"];
export type FlowRunPolicy = components["schemas"]["FlowRunPolicy"];
export type FlowRunPolicyInput = components["schemas"]["FlowRunPolicy-Input"];
export type FlowRunResponse = components["schemas"]["FlowRunResponse"];
export type FlowUpdate = components["schemas"]["FlowUpdate"];
export type GlobalConcurrencyLimitResponse = components["schemas"]["GlobalConcurrencyLimitResponse"];
export type IntervalScheduleInput = components["schemas"]["IntervalSchedule-Input"];
export type IntervalScheduleOutput = components["schemas"]["IntervalSchedule-Output"];
export type Log = components["schemas"]["Log"];
export type PauseAutomation = components["schemas"]["PauseAutomation"];
export type PauseAutomationInput = components["schemas"]["PauseAutomation-Input"];
export type PauseDeployment = components["schemas"]["PauseDeployment"];
export type PauseDeploymentInput = components["schemas"]["PauseDeployment-Input"];
export type PauseWorkPool = components["schemas"]["PauseWorkPool"];
export type PauseWorkPoolInput = components["schemas"]["PauseWorkPool-Input"];
export type PauseWorkQueue = components["schemas"]["PauseWorkQueue"];
export type PauseWorkQueueInput = components["schemas"]["PauseWorkQueue-Input"];
export type QueueFilter = components["schemas"]["QueueFilter"];
export type QueueFilterInput = components["schemas"]["QueueFilter-Input"];
export type RRuleSchedule = components["schemas"]["RRuleSchedule"];
export type RRuleScheduleInput = components["schemas"]["RRuleSchedule-Input"];
export type ResourceSpecification = components["schemas"]["ResourceSpecification"];
export type ResumeAutomation = components["schemas"]["ResumeAutomation"];
export type ResumeAutomationInput = components["schemas"]["ResumeAutomation-Input"];
export type ResumeDeployment = components["schemas"]["ResumeDeployment"];
export type ResumeDeploymentInput = components["schemas"]["ResumeDeployment-Input"];
export type ResumeFlowRun = components["schemas"]["ResumeFlowRun"];
export type ResumeFlowRunInput = components["schemas"]["ResumeFlowRun-Input"];
export type ResumeWorkPool = components["schemas"]["ResumeWorkPool"];
export type ResumeWorkPoolInput = components["schemas"]["ResumeWorkPool-Input"];
export type ResumeWorkQueue = components["schemas"]["ResumeWorkQueue"];
export type ResumeWorkQueueInput = components["schemas"]["ResumeWorkQueue-Input"];
export type RunDeploymentInput = components["schemas"]["RunDeployment-Input"];
export type RunDeploymentOutput = components["schemas"]["RunDeployment-Output"];
export type SavedSearch = components["schemas"]["SavedSearch"];
export type SavedSearchFilter = components["schemas"]["SavedSearchFilter"];
export type SendNotification = components["schemas"]["SendNotification"];
export type SendNotificationInput = components["schemas"]["SendNotification-Input"];
export type SequenceTriggerInput = components["schemas"]["SequenceTrigger-Input"];
export type SequenceTriggerOutput = components["schemas"]["SequenceTrigger-Output"];
export type State = components["schemas"]["State"];
export type StateCreate = components["schemas"]["StateCreate"];
export type StateDetails = components["schemas"]["StateDetails"];
export type StateDetailsInput = components["schemas"]["StateDetails-Input"];
export type StateType = components["schemas"]["StateType"];
export type SuspendFlowRun = components["schemas"]["SuspendFlowRun"];
export type SuspendFlowRunInput = components["schemas"]["SuspendFlowRun-Input"];
export type UpdatedBy = components["schemas"]["UpdatedBy"];
export type Variable = components["schemas"]["Variable"];
export type VariableCreate = components["schemas"]["VariableCreate"];
export type VariableUpdate = components["schemas"]["VariableUpdate"];
export type VersionInfo = components["schemas"]["VersionInfo"];
export type WorkPoolCreate = components["schemas"]["WorkPoolCreate"];
export type WorkPoolResponse = components["schemas"]["WorkPoolResponse"];
export type WorkPoolStatus = components["schemas"]["WorkPoolStatus"];
export type WorkPoolStorageConfiguration = components["schemas"]["WorkPoolStorageConfiguration"];
export type WorkPoolStorageConfigurationInput = components["schemas"]["WorkPoolStorageConfiguration-Input"];
export type WorkPoolUpdate = components["schemas"]["WorkPoolUpdate"];
export type WorkQueueCreate = components["schemas"]["WorkQueueCreate"];
export type WorkQueueResponse = components["schemas"]["WorkQueueResponse"];
export type WorkQueueStatus = components["schemas"]["WorkQueueStatus"];
export type WorkQueueUpdate = components["schemas"]["WorkQueueUpdate"];
export type WorkerResponse = components["schemas"]["WorkerResponse"];
export type WorkerStatus = components["schemas"]["WorkerStatus"];
