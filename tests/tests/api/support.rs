//! Steps that many tests take.

use qorgan_tests::{Client, Reply, Server};
use serde_json::{Value, json};

/// The people of the main flow, at home in Karaganda.
pub struct Cast {
    pub server: Server,
    pub pedagogue: Client,
    pub psychologist: Client,
    pub health: Client,
    pub police: Client,
    pub supervisor: Client,
    pub statistician: Client,
    /// The same role in another school.
    pub stranger: Client,
}

impl Cast {
    pub fn new() -> Self {
        let server = Server::start();
        Self {
            pedagogue: server.client("social_pedagogue.home"),
            psychologist: server.client("psychologist.home"),
            health: server.client("health_specialist.home"),
            police: server.client("juvenile_inspector.home"),
            supervisor: server.client("supervisor.office.home"),
            statistician: server.client("statistician.home"),
            stranger: server.client("social_pedagogue.abroad"),
            server,
        }
    }

    pub fn organisation(&self, name: &str) -> String {
        self.server.world.organisation(name).to_string()
    }

    /// A child of the pedagogue's school.
    pub fn child(&self, last_name: &str) -> String {
        register_child(&self.pedagogue, last_name)
    }

    /// A case of the pedagogue's school, just opened.
    pub fn case(&self) -> Reply {
        let child = self.child("Сапаров");
        open_case(&self.pedagogue, &child, "medium")
    }

    /// A case of another child.
    pub fn case_of(&self, last_name: &str) -> Reply {
        open_case(&self.pedagogue, &self.child(last_name), "medium")
    }

    /// The present version of a case.
    pub fn version(&self, case: &str) -> i64 {
        self.pedagogue.get(&format!("/cases/{case}")).expect(200).version()
    }

    /// Takes an action of the lifecycle on the present version.
    pub fn act(&self, client: &Client, case: &str, body: Value) -> Reply {
        client.change(&format!("/cases/{case}/transitions"), self.version(case), &body)
    }

    /// A plan with a task for the clinic and one for the police.
    pub fn plan(&self, case: &str) -> Reply {
        let plan = json!({"goals": [{"title": "The child is safe", "tasks": [
            {"title": "Examine the child", "organisation_id": self.organisation("UZ home"), "due_on": "2090-01-10", "section": "medical"},
            {"title": "Talk with the family", "organisation_id": self.organisation("DP home"), "due_on": "2090-01-20", "section": "investigation"},
        ]}]});
        self.pedagogue.post(&format!("/cases/{case}/plan"), &plan)
    }

    /// Brings a case to implementation; answers with the tasks of the clinic and of the police.
    pub fn implement(&self, case: &str) -> (Value, Value) {
        self.act(&self.pedagogue, case, json!({"action": "start_assessment"})).expect(200);
        self.pedagogue.post(&format!("/cases/{case}/assessments"), &assessment("medium")).expect(201);
        self.act(&self.pedagogue, case, json!({"action": "complete_assessment"})).expect(200);
        let plan = self.plan(case).expect(201);
        self.act(&self.pedagogue, case, json!({"action": "approve_plan"})).expect(200);
        let tasks = &plan.body["goals"][0]["tasks"];
        (tasks[0].clone(), tasks[1].clone())
    }

    /// The tasks of a case that come from protocols and are open.
    pub fn protocol_tasks(&self, case: &str) -> Vec<Value> {
        let open = self.pedagogue.get(&format!("/tasks?case_id={case}&limit=200")).expect(200);
        let tasks = open.body["items"].as_array().expect("tasks").iter();
        tasks.filter(|task| task["origin"] == "protocol").cloned().collect()
    }

    /// A supervisor waives what protocols have asked for and nobody did.
    pub fn waive_protocols(&self, case: &str) {
        for task in self.protocol_tasks(case) {
            let path = format!("/tasks/{}/waive", task["id"].as_str().expect("an id"));
            self.supervisor.change(&path, 1, &json!({"reason": "Done before the report."})).expect(200);
        }
    }

    /// Reports a fact of the case to the register.
    pub fn report(&self, case: &str, child: &str) -> Reply {
        self.pedagogue.post("/register/reports", &report(child, Some(case)))
    }
}

/// Registers a child, with whatever name others have.
pub fn register_child(client: &Client, last_name: &str) -> String {
    let child = json!({"last_name": last_name, "first_name": "Алия", "birth_date": "2014-05-17", "sex": "female",
        "territory": "351000000", "confirm_new": true});
    client.post("/children", &child).expect(201).id()
}

pub fn open_case(client: &Client, child: &str, risk: &str) -> Reply {
    let case = json!({"child_id": child, "title": "Bruises seen at school", "description": "Second time this month.", "risk_level": risk});
    client.post("/cases", &case).expect(201)
}

pub fn assessment(risk: &str) -> Value {
    json!({"risk_level": risk, "needs": "Safety at home.", "child_view": "Wants to stay with the grandmother."})
}

pub fn report(child: &str, case: Option<&str>) -> Value {
    json!({"kind": "violence", "main_form": "physical", "occurred_on": "2026-02-10",
        "place": {"territory": "351000000", "setting": "home"}, "child_id": child, "role": "victim",
        "alleged_perpetrator_relation": "parent_guardian", "description": "Bruises on both arms.", "case_id": case})
}

/// Whether a list holds a record of this id.
pub fn lists(reply: &Reply, id: &str) -> bool {
    reply.body["items"].as_array().is_some_and(|items| items.iter().any(|item| item["id"] == id))
}
